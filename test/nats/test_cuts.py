#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Partitions, in each direction, between a worker, a server and nats-server; and their end."""
import signal

import cases
import processes
from cluster import Cluster, wait_for
from driver import Driver, check, expect
from proxy import Proxy


def each_side_frees(worker, driver, cut, mend):
    """VMs that are idle, calling and streaming when the line is cut."""
    for name in ("idle", "calling", "streaming"):
        expect(driver.open(name, call_timeout=600_000))
    children = processes.children(worker.pid)
    driver.call("calling", "spin", wait=False)
    driver.order("idle", "watch")
    driver.order("streaming", "send 100000000")
    driver.answer("streaming")
    cut()
    for name in ("idle", "calling"):
        lost(driver.answer(name), worker)
    while (answer := driver.answer("streaming")).word != "send":
        pass
    lost(answer, worker)
    wait_for(lambda: not any(map(processes.alive, children)), "the end of the worker's children")
    mend()
    check(processes.alive(worker.pid), "the worker lives")
    wait_for(lambda: opens(driver), "a new VM after the partition")
    check(expect(driver.call("new", "echo", 1)).value == 1, "it works")
    expect(driver.close("new"))
    expect(driver.call("idle", "echo", 1), "VM_DIED")
    for name in ("idle", "calling", "streaming"):
        expect(driver.close(name))
    wait_for(lambda: not processes.children(worker.pid), "the worker's children to be none")


def opens(driver):
    answer = driver.open("new")
    return answer.status == "OK" or driver.close("new") is None


def lost(answer, worker):
    expect(answer, "VM_DIED")
    check(f"on {worker.machine}" in answer.message, answer)
    check("FK_VM_NATS_SILENCE" in answer.message or "forgotten" in answer.message, answer)


def cut_off(build, whose):
    with Cluster(build) as cluster:
        proxy = Proxy(cluster.port)
        worker = cluster.worker(**({"FK_VM_NATS": proxy.url} if whose == "worker" else {}))
        driver = Driver(cluster, **({"FK_VM_NATS": proxy.url} if whose == "server" else {}))
        for direction in ("to", "from", "both"):
            print(direction, flush=True)
            each_side_frees(worker, driver, lambda: proxy.cut(direction), proxy.mend)
        check(driver.end() == 0, "the server ends")
        worker.terminate()
        wait_for(lambda: worker.poll() is not None, "the worker's end")


def a_worker_that_is_cut_off(build):
    cut_off(build, "worker")


def a_server_that_is_cut_off(build):
    cut_off(build, "server")


def a_nats_server_that_stands_still(build):
    with Cluster(build) as cluster:
        worker, driver = cluster.worker(), Driver(cluster)
        each_side_frees(worker, driver, lambda: cluster.server.send_signal(signal.SIGSTOP),
                        lambda: cluster.server.send_signal(signal.SIGCONT))


if __name__ == "__main__":
    cases.run([a_worker_that_is_cut_off, a_server_that_is_cut_off, a_nats_server_that_stands_still])
