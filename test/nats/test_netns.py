#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Three machines as network namespaces on a bridge: links are cut, or lose what goes one way. Needs root."""
import os
import subprocess
import sys

import cases
import processes
from cluster import Cluster, wait_for
from driver import Driver, check, expect

NAMES = {"nats": 1, "worker": 2, "server": 3}


def ip(*words):
    result = subprocess.run(["ip", *words], capture_output=True, text=True)
    if result.returncode:
        print(f"skipped: `ip {' '.join(words)}` says: {result.stderr.strip()}")
        sys.exit(77)


class Network:
    """Namespaces fkvmN-NAME with 10.77.0.NUMBER, and the bridge fkvmN between."""

    def __init__(self):
        self.bridge = f"fkvm{os.getpid()}"

    def __enter__(self):
        ip("link", "add", self.bridge, "type", "bridge")
        ip("link", "set", self.bridge, "up")
        for name, number in NAMES.items():
            ip("netns", "add", self.space(name))
            ip("link", "add", self.link(name), "type", "veth", "peer", "name", "eth0", "netns", self.space(name))
            ip("link", "set", self.link(name), "master", self.bridge, "up")
            ip("-n", self.space(name), "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            for device in ("eth0", "lo"):
                ip("-n", self.space(name), "link", "set", device, "up")
        return self

    def __exit__(self, *_):
        for name in NAMES:
            subprocess.run(["ip", "netns", "del", self.space(name)], stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "del", self.bridge], stderr=subprocess.DEVNULL)

    def space(self, name):
        return f"{self.bridge}-{name}"

    def link(self, name):
        return f"{self.bridge}.{NAMES[name]}"

    def within(self, name):
        return ["ip", "netns", "exec", self.space(name)]

    def cut(self, name):
        ip("link", "set", self.link(name), "down")
        return lambda: ip("link", "set", self.link(name), "up")

    def lose(self, source, target):
        """What the one sends to the other."""
        route = ["blackhole", f"10.77.0.{NAMES[target]}/32"]
        ip("-n", self.space(source), "route", "add", *route)
        return lambda: ip("-n", self.space(source), "route", "del", *route)


def cut_off_in_network_namespaces(build):
    if os.getuid():
        print("skipped: network namespaces need root")
        sys.exit(77)
    with Network() as network, Cluster(build, host="10.77.0.1", prefix=network.within("nats")) as cluster:
        worker = cluster.worker(prefix=network.within("worker"))
        driver = Driver(cluster, prefix=network.within("server"))
        faults = {f"{name} cut off": lambda name=name: network.cut(name) for name in NAMES}
        for one, other in (("worker", "nats"), ("nats", "worker"), ("server", "nats"), ("nats", "server")):
            faults[f"{one} to {other}"] = lambda one=one, other=other: network.lose(one, other)
        for fault, begin in faults.items():
            print(fault, flush=True)
            for name in ("a", "b"):
                expect(driver.open(name, call_timeout=600_000))
            children = processes.children(worker.pid)
            check(len(children) == 2, "two VMs")
            driver.call("a", "spin", wait=False)
            driver.order("b", "watch")
            mend = begin()
            for name in ("a", "b"):
                answer = expect(driver.answer(name), "VM_DIED")
                check("FK_VM_NATS_SILENCE" in answer.message or "forgotten" in answer.message, answer)
                check(f"on {worker.machine}" in answer.message, answer)
                expect(driver.close(name))
            wait_for(lambda: not any(map(processes.alive, children)), "the end of the worker's children")
            mend()
            wait_for(lambda: driver.open("new").status == "OK" or driver.close("new") is None, "a new VM")
            check(expect(driver.call("new", "echo", fault)).value == fault, "it works")
            expect(driver.close("new"))
        check(driver.end() == 0, "the server ends")


if __name__ == "__main__":
    cases.run([cut_off_in_network_namespaces])
