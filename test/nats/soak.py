#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Faults at random, with work between them; and afterwards nothing may be left.

usage: soak.py BUILD [--faults N] [--minutes M] [--seed S]

Two servers and three workers, each behind a cable of its own. Most faults are of one VM: its child is killed, it is
interrupted, reaches a limit. One round in some has a fault of a machine: a worker or a server is killed, stands still,
drains; a cable is cut in one direction or both; nats-server restarts, soon or late. The first server and the first worker
are never killed: what they hold is measured each time that all VMs are closed.
"""
import argparse
import collections
import os
import random
import signal
import time

import cases
import processes
from cluster import Cluster, wait_for
from driver import Driver, check, expect
from proxy import Proxy

SLOTS, CAPACITY, SILENCE = 10, 8, 1500
MACHINE_FAULT_EACH, QUIET_EACH = 5, 30  # rounds
FINE = {"OK", "VM_DIED", "OPEN_FAILED", "TIMEOUT", "INTERRUPTED", "MEMORY_LIMIT"}
MOST_KB, MOST_DESCRIPTORS, MOST_THREADS = 24 << 10, 4, 2


class Machine:
    """A worker or a server behind a cable; a killed one is followed by another."""

    def __init__(self, cluster, make):
        self.proxy = Proxy(cluster.port)
        self.make = make
        self.renew()

    def renew(self):
        self.quiet_points, self.first = 0, None
        self.process = self.make(FK_VM_NATS=self.proxy.url)

    @property
    def pid(self):
        return self.process.pid

    def held(self):
        return processes.memory_kb(self.pid), processes.descriptors(self.pid), processes.threads(self.pid)


class Soak:
    def __init__(self, cluster, seed):
        self.cluster, self.random = cluster, random.Random(seed)
        self.workers = [Machine(cluster, lambda **more: cluster.worker("--capacity", str(CAPACITY), **more)) for _ in range(3)]
        self.servers = [Machine(cluster, lambda **more: Driver(cluster, **more)) for _ in range(2)]
        self.open = [dict() for _ in self.servers]  # pids by slot
        self.leaving = []  # drained workers
        self.faults, self.statuses = collections.Counter(), collections.Counter()
        self.baseline = {}

    # ---- faults of one VM

    def order(self, server, slot):
        """One order for that VM; what its answer must be like."""
        driver, open_here = self.servers[server].process, self.open[server]
        chance = self.random.random()
        if slot not in open_here:
            driver.open(slot, wait=False, call_timeout=250, memory_limit=64 << 20)
            return "open"
        if chance < 0.15:
            self.faults["child killed"] += 1
            try:
                os.kill(open_here[slot], signal.SIGKILL)
            except ProcessLookupError:
                pass
            driver.call(slot, "echo", slot, wait=False)
        elif chance < 0.30:
            self.faults["interrupted"] += 1
            driver.call(slot, "spin", wait=False)
            driver.order(slot, "interrupt")
        elif chance < 0.40:
            self.faults["time limit"] += 1
            driver.call(slot, "spin", wait=False)
        elif chance < 0.50:
            self.faults["memory limit"] += 1
            driver.call(slot, "hold", 100, wait=False)
        elif chance < 0.60:
            driver.order(slot, "send 300")
        elif chance < 0.68:
            driver.close(slot, wait=False)
            return "close"
        else:
            driver.call(slot, "ask", f"{slot} \x00 \u00e4" * self.random.randrange(1, 2000), wait=False)
        return "work"

    def take(self, server, slot, kind):
        driver, open_here = self.servers[server].process, self.open[server]
        while (answer := driver.answer(slot)).word in ("at", "sent"):
            pass
        self.statuses[answer.status] += 1
        check(answer.status in FINE, answer)
        if kind == "close":
            del open_here[slot]
        elif kind == "open" and answer.status == "OK":
            open_here[slot] = int(driver.stats(slot)["pid"])
        elif answer.status in ("VM_DIED", "OPEN_FAILED") or kind == "open":
            driver.close(slot)
            open_here.pop(slot, None)

    # ---- faults of a machine: each returns how it ends

    def worker_killed(self):
        worker = self.random.choice(self.workers[1:])
        worker.process.kill()
        return worker.renew

    def server_killed(self):
        self.servers[1].process.process.kill()
        return lambda: (self.open[1].clear(), self.servers[1].renew())

    def worker_drains(self):
        worker = self.random.choice(self.workers[1:])
        worker.process.terminate()
        self.leaving.append(worker.process)
        return worker.renew

    def stands_still(self):
        pid = self.random.choice(self.workers + self.servers).pid
        os.kill(pid, signal.SIGSTOP)
        return lambda: os.kill(pid, signal.SIGCONT)

    def cable_cut(self):
        proxy = self.random.choice(self.workers + self.servers).proxy
        proxy.cut(self.random.choice(["to", "from", "both"]))
        return proxy.mend

    def nats_restarts(self):
        self.cluster.stop_server()
        return self.cluster.start_server

    def round(self, number):
        end = None
        orders = [(server, slot, self.order(server, slot)) for server in range(len(self.servers))
                  for slot in (f"s{i}" for i in range(SLOTS))]
        if number % MACHINE_FAULT_EACH == 0:
            fault = self.random.choice([self.worker_killed, self.server_killed, self.worker_drains, self.stands_still,
                                        self.cable_cut, self.cable_cut, self.nats_restarts])
            self.faults[fault.__name__.replace("_", " ")] += 1
            end = fault()
            time.sleep(self.random.choice([0.1, 0.5, 1, 2.5]))
            end()
        for server, slot, kind in orders:
            if end and fault == self.server_killed and server == 1:
                continue
            self.take(server, slot, kind)

    # ---- when all is closed nothing is left

    def quiet(self, last=False):
        for server, open_here in zip(self.servers, self.open):
            for slot in list(open_here):
                server.process.close(slot)
            open_here.clear()
        for worker in [worker.process for worker in self.workers] + self.leaving:
            wait_for(lambda: not processes.children(worker.pid), f"the children of {worker.machine}")
        for worker in self.leaving:
            wait_for(lambda: worker.poll() is not None, f"the end of {worker.machine}")
            check(worker.returncode == 0, f"{worker.machine} ended with {worker.returncode}")
        self.leaving.clear()
        for machine in self.workers + self.servers:
            check(processes.alive(machine.pid), f"a machine is gone: {machine.process}")
            machine.quiet_points += 1
            if machine.quiet_points == 2:  # it has worked in between
                machine.first = machine.held()
            wait_for(lambda: not machine.first or all(now - was <= most for now, was, most in zip(
                machine.held(), machine.first, (MOST_KB, MOST_DESCRIPTORS, MOST_THREADS))),
                f"{machine.held()} to be no more than {machine.first} (KiB, descriptors, threads)")
        if last:
            self.all_rooms()

    def all_rooms(self):
        """As many VMs as there is room for: no entry is left of others."""
        driver = self.servers[0].process
        names = [f"room{i}" for i in range(CAPACITY * len(self.workers))]
        for name in names:
            wait_for(lambda: driver.open(name).status == "OK", f"room for {name}")
        if driver.open("surplus").status == "OK":  # then one of the others has been lost meanwhile
            check(any(driver.call(name, "echo", 1).status == "VM_DIED" for name in names), "no worker lends too many")
        expect(driver.close("surplus"))
        for name in names:
            expect(driver.close(name))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    cases.silence(SILENCE)
    print(f"seed {options.seed}", flush=True)
    begun = time.monotonic()
    with Cluster(options.build) as cluster:
        soak, number = Soak(cluster, options.seed), 0
        for _ in range(2):
            soak.round(number := number + 1)
            soak.quiet()
        while sum(soak.faults.values()) < options.faults and time.monotonic() - begun < options.minutes * 60:
            soak.round(number := number + 1)
            if number % QUIET_EACH == 0:
                soak.quiet()
                print(f"{number} rounds, {sum(soak.faults.values())} faults", flush=True)
        soak.quiet(last=True)
        for machine in (soak.workers[0], soak.servers[0]):
            print("first and last (KiB, descriptors, threads):", machine.first, machine.held())
        check(soak.servers[0].process.end() == 0, "the server ends")
    print(f"{number} rounds, {sum(soak.faults.values())} faults in {time.monotonic() - begun:.0f} s:", dict(soak.faults))
    print("answers:", dict(soak.statuses))


main()
