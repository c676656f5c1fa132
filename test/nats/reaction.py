#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Milliseconds until each side knows of a fault, and until calls go on after a restart of nats-server.

usage: reaction.py BUILD [TIMES]       FK_VM_NATS_SILENCE as it is by default
"""
import os
import statistics
import sys
import time

import processes
from cluster import Cluster, wait_for
from driver import Driver, expect
from proxy import Proxy


def since(begun):
    return (time.monotonic() - begun) * 1000


def one_turn(build, taken):
    with Cluster(build) as cluster:
        proxies = {name: Proxy(cluster.port) for name in ("worker", "server")}

        def measure(fault, begin, knows):
            driver = Driver(cluster, FK_VM_NATS=proxies["server"].url)
            worker = cluster.worker(FK_VM_NATS=proxies["worker"].url)
            expect(driver.open("a"))
            driver.order("a", "watch")
            children = processes.children(worker.pid)
            time.sleep(0.5)  # some beats
            moment = time.monotonic()
            begin(worker, driver)
            if "server" in knows:
                expect(driver.answer("a"), "VM_DIED")
                taken.setdefault(f"{fault}: the server knows", []).append(since(moment))
            if "worker" in knows:
                wait_for(lambda: not any(map(processes.alive, children)), "the children's end")
                taken.setdefault(f"{fault}: the worker's children are gone", []).append(since(moment))
            for proxy in proxies.values():
                proxy.mend()
            worker.kill()
            driver.process.kill()
            worker.wait()
            driver.process.wait()

        measure("worker killed", lambda worker, _: worker.kill(), ["server"])
        measure("worker told to end at once", lambda worker, _: worker.send_signal(2), ["server", "worker"])
        measure("server killed", lambda _, driver: driver.process.kill(), ["worker"])
        for whose, proxy in proxies.items():
            for direction in ("to", "from", "both"):
                measure(f"{whose} cut off from NATS ({direction})", lambda *_: proxy.cut(direction), ["server", "worker"])

        patient = {"FK_VM_NATS_SILENCE": "20000"}  # however long it takes to start
        _, driver = cluster.worker(**patient), Driver(cluster, **patient)
        expect(driver.open("a"))
        cluster.stop_server()
        driver.call("a", "echo", 1, wait=False)
        cluster.start_server()
        moment = time.monotonic()  # it listens
        expect(driver.answer("a"))
        taken.setdefault("nats-server is back: a waiting call is answered", []).append(since(moment))
        moment = time.monotonic()
        expect(driver.open("b"))
        taken.setdefault("an open, after that", []).append(since(moment))


def main():
    os.environ["FK_VM_NATS_SILENCE"] = "1500"
    taken = {}
    for turn in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5):
        one_turn(sys.argv[1], taken)
        print(f"turn {turn + 1} done", flush=True)
    for what, times in taken.items():
        print(f"{what:62} median {statistics.median(times):6.0f} ms, at most {max(times):6.0f}")


main()
