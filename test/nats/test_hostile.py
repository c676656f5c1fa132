#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Peers that lie: what they send is dropped, or costs the VM that they lie about."""
import os
import subprocess

import cases
import processes
from cluster import LONGEST, Cluster, wait_for
from driver import Driver, check, expect

ROUNDS = 100
# What one VM may hold in both directions, several times over; a sanitizer's memory is its own.
MOST_KB = 64 << 10 if "sanitize" not in os.environ.get("FK_TEST_BUILD", "") else 600 << 10


class Attacked:
    """A worker and a server that stay as they are."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.worker, self.driver = cluster.worker("--capacity", "20"), Driver(cluster)
        self.open("bystander")
        self.before = self.size()

    def open(self, name):
        wait_for(lambda: self.driver.open(name).status == "OK" or self.driver.close(name) is None, "a new VM")
        check(expect(self.driver.call(name, "echo", 1)).value == 1, "it works")

    def size(self):
        return [processes.memory_kb(pid) for pid in (self.worker.pid, self.driver.pid)]

    def attack(self, what, rounds=ROUNDS, speaks=None):
        attacker = subprocess.Popen([self.cluster.build / "test/nats/hostile", self.cluster.url, "fkvm", what, str(rounds)],
                                    stdout=subprocess.PIPE, text=True)
        if speaks:
            check(attacker.stdout.readline() == "listens\n", "it listens")
            speaks()
        check(attacker.wait(LONGEST) == 0, f"the attacker could do all of '{what}'")

    def stands(self):
        """Both live, are no larger than their windows, and open VMs that work."""
        for process in (self.worker, self.driver.process):
            check(process.poll() is None, f"ended with {process.returncode}: {self.worker.log.read_text()[-3000:]}")
        self.open("later")
        expect(self.driver.close("later"))
        # What came in one go is given back to the system when it has been looked at.
        wait_for(lambda: all(now - was < MOST_KB for was, now in zip(self.before, self.size())),
                 f"the sizes {self.before} to come back from {self.size()} KiB")


def speaks(driver, name):
    return lambda: expect(driver.call(name, "echo", "heard"))


def noise_is_dropped(build):
    cases.silence(20_000)
    with Cluster(build) as cluster:
        attacked = Attacked(cluster)
        attacked.open("victim")
        attacked.attack("noise", speaks=speaks(attacked.driver, "victim"))
        for name in ("victim", "bystander"):
            check(expect(attacked.driver.call(name, "echo", name)).value == name, f"'{name}' lives")
        attacked.stands()


def lies_cost_a_vm_at_most(build):
    with Cluster(build) as cluster:
        attacked = Attacked(cluster)
        for what in ("again", "beats", "answers", "flood"):
            print(what, flush=True)
            attacked.open("victim")
            attacked.attack(what, speaks=speaks(attacked.driver, "victim"))
            answer = attacked.driver.call("victim", "echo", 1)
            check(answer.status in ("OK", "VM_DIED"), answer)
            if what == "flood":
                check("more than there was room for" in expect(answer, "VM_DIED").message, answer)
            expect(attacked.driver.close("victim"))
            attacked.stands()


def absurd_wishes_are_refused(build):
    with Cluster(build) as cluster:
        attacked = Attacked(cluster)
        attacked.attack("wishes")
        attacked.stands()
        wait_for(lambda: len(processes.children(attacked.worker.pid)) == 1, "nothing to be left of the wishes")
        check(expect(attacked.driver.call("bystander", "echo", 1)).value == 1, "the bystander lives")


if __name__ == "__main__":
    cases.run([noise_is_dropped, lies_cost_a_vm_at_most, absurd_wishes_are_refused])
