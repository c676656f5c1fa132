#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A nats-server that restarts: within the limit nothing is lost, after it both sides are free."""
import cases
import processes
from cluster import Cluster, wait_for
from driver import Driver, check, expect

NUMBERS, RESTARTS = 200_000, 5


def restart(cluster):
    cluster.stop_server()
    cluster.start_server()


def a_stream_both_ways_survives_restarts(build):
    cases.silence(60_000)
    with Cluster(build) as cluster:
        cluster.worker()
        driver = Driver(cluster)
        expect(driver.open("a", call_timeout=600_000))
        driver.order("a", f"send {NUMBERS}")
        driver.order("a", f"receive {NUMBERS}")
        marks = set()
        while (answer := driver.answer("a")).word != "receive":
            check(answer.word != "wrong", answer)
            if answer.word in ("at", "sent") and len(marks) < RESTARTS:
                marks.add(answer.word + answer.status)
                restart(cluster)
            if answer.word == "send":
                expect(answer)
        expect(answer)
        check(len(marks) == RESTARTS, f"nats-server was restarted {len(marks)} times")
        check(expect(driver.call("a", "taken")).value == [NUMBERS, False], "each arrived once and in order")
        check(driver.end() == 0, "the server ends")


def a_call_survives_a_restart(build):
    cases.silence(60_000)
    with Cluster(build) as cluster:
        cluster.worker()
        driver = Driver(cluster)
        names = [f"vm{i}" for i in range(10)]
        for name in names:
            expect(driver.open(name))
        for turn in range(3):
            cluster.stop_server()
            for name in names:
                driver.call(name, "ask", turn, wait=False)  # with a call back to the server
            cluster.start_server()
            for name in names:
                check(expect(driver.answer(name)).value == [turn], name)
        check(driver.end() == 0, "the server ends")


def an_open_waits_for_a_restart(build):
    cases.silence(60_000)
    with Cluster(build) as cluster:
        cluster.worker()
        driver = Driver(cluster)
        expect(driver.open("a"))
        cluster.stop_server()
        driver.open("b", wait=False)
        cluster.start_server()
        expect(driver.answer("b"))
        check(expect(driver.call("b", "echo", 1)).value == 1, "it works")


def after_the_limit_both_sides_are_free(build):
    with Cluster(build) as cluster:
        worker, driver = cluster.worker("--capacity", "2"), Driver(cluster)
        for name in ("a", "b"):
            expect(driver.open(name, call_timeout=600_000))
        children = processes.children(worker.pid)
        driver.call("a", "spin", wait=False)
        driver.order("b", "watch")
        cluster.stop_server()
        for name in ("a", "b"):
            answer = expect(driver.answer(name), "VM_DIED")
            check("FK_VM_NATS_SILENCE" in answer.message and f"on {worker.machine}" in answer.message, answer)
        wait_for(lambda: not any(map(processes.alive, children)), "the end of the children")
        cluster.start_server()
        for name in ("c", "d"):
            wait_for(lambda: driver.open(name).status == "OK", "new VMs after the restart")
        check(len(processes.children(worker.pid)) == 2, "none of the old ones is left")
        check(driver.end() == 0, "the server ends")


if __name__ == "__main__":
    cases.run([a_stream_both_ways_survives_restarts, a_call_survives_a_restart, an_open_waits_for_a_restart,
               after_the_limit_both_sides_are_free])
