#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Workers and servers that are killed, stand still, are full, or drain."""
import os
import signal
import time

import cases
import processes
from cluster import Cluster, wait_for
from driver import Driver, check, expect


def by_worker(driver, workers, names):
    """The names of the VMs of each worker."""
    pids = {name: driver.stats(name)["pid"] for name in names}
    of = {worker.pid: processes.children(worker.pid) for worker in workers}
    return [[name for name in names if pids[name] in of[worker.pid]] for worker in workers]


def open_until_each_has(driver, workers, count):
    """VMs, until each worker has at least so many."""
    names = []
    while not names or min(map(len, by_worker(driver, workers, names))) < count:
        names.append(f"vm{len(names)}")
        expect(driver.open(names[-1], call_timeout=600_000))
    return by_worker(driver, workers, names)


def gone(pids, whose):
    wait_for(lambda: not any(map(processes.alive, pids)), f"the end of the children of {whose}")


def names_machine_and_silence(answer, worker):
    expect(answer, "VM_DIED")
    check(f"on {worker.machine}" in answer.message and "FK_VM_NATS_SILENCE" in answer.message, answer)
    check(answer.value["vm_alive"] is False, answer)


def a_killed_worker_costs_its_own_vms(build):
    with Cluster(build) as cluster:
        workers = [cluster.worker(), cluster.worker()]
        driver = Driver(cluster)
        lost, others = open_until_each_has(driver, workers, 3)
        children = processes.children(workers[0].pid)
        driver.call(lost[0], "spin", wait=False)
        driver.order(lost[1], "watch")
        workers[0].kill()
        expect(driver.open("new"))  # at once: NATS knows first that it is gone
        expect(driver.close("new"))
        for name in lost[:2]:
            names_machine_and_silence(driver.answer(name), workers[0])
        for name in lost[2:]:
            names_machine_and_silence(driver.call(name, "echo", 1), workers[0])
        for name in others:
            check(expect(driver.call(name, "echo", name)).value == name, name)
        gone(children, "the killed worker")
        check(driver.end() == 0, "the server ends")


def a_killed_server_costs_its_own_vms(build):
    with Cluster(build) as cluster:
        worker = cluster.worker("--capacity", "4")
        mine, other = Driver(cluster), Driver(cluster)
        expect(other.open("a"))
        kept = processes.children(worker.pid)
        for name in ("b", "c", "d"):
            expect(mine.open(name, call_timeout=600_000))
        mine.call("b", "spin", wait=False)
        lost = [pid for pid in processes.children(worker.pid) if pid not in kept]
        mine.process.kill()
        gone(lost, "the killed server")
        check(expect(other.call("a", "echo", 1)).value == 1, "the VM of the other server lives")
        for name in ("b", "c", "d"):  # there is room for them again
            wait_for(lambda: other.open(name).status == "OK", "room for the other server")
        check("nothing was heard from server" in worker.log.read_text(), worker.log.read_text())


def a_server_that_stood_still_uses_no_stale_vm(build):
    with Cluster(build) as cluster:
        worker = cluster.worker("--capacity", "1")
        driver = Driver(cluster)
        expect(driver.open("a"))
        children = processes.children(worker.pid)
        driver.process.send_signal(signal.SIGSTOP)
        gone(children, "the server that stands still")
        driver.process.send_signal(signal.SIGCONT)
        expect(driver.call("a", "echo", 1), "VM_DIED")
        expect(driver.close("a"))
        expect(driver.open("a"))
        check(driver.end() == 0, "the server ends")


def a_worker_that_stood_still_ends_its_vms(build):
    with Cluster(build) as cluster:
        worker = cluster.worker("--capacity", "1")
        driver = Driver(cluster)
        expect(driver.open("a"))
        children = processes.children(worker.pid)
        worker.send_signal(signal.SIGSTOP)
        driver.order("a", "watch")
        names_machine_and_silence(driver.answer("a"), worker)
        worker.send_signal(signal.SIGCONT)
        gone(children, "the worker that stood still")
        wait_for(lambda: driver.open("b").status == "OK", "the worker's room")
        check(expect(driver.call("b", "echo", 1)).value == 1, "the new VM works")
        names_machine_and_silence(driver.call("a", "echo", 1), worker)
        check(driver.end() == 0, "the server ends")


def a_worker_that_drains_ends_with_its_vms(build):
    with Cluster(build) as cluster:
        worker = cluster.worker()
        driver = Driver(cluster)
        for name in ("a", "b"):
            expect(driver.open(name))
        worker.terminate()
        wait_for(lambda: driver.open("c").status != "OK" or driver.close("c") is None, "the draining worker")
        for name in ("a", "b"):
            check(expect(driver.call(name, "echo", 1)).value == 1, "its VMs go on")
        expect(driver.close("a"))
        check(worker.poll() is None, "it stays for the last one")
        other = cluster.worker()
        expect(driver.open("d"))  # elsewhere
        check(len(processes.children(other.pid)) == 1, "the new one is elsewhere")
        expect(driver.close("b"))
        wait_for(lambda: worker.poll() is not None, "the end of the drained worker")
        check(worker.returncode == 0, f"exit code {worker.returncode}")
        check(driver.end() == 0, "the server ends")


def a_worker_told_twice_ends_at_once(build):
    cases.silence(100_000)  # the server need not wait for that
    for signals in ([signal.SIGTERM, signal.SIGTERM], [signal.SIGINT]):
        with Cluster(build) as cluster:
            worker = cluster.worker()
            driver = Driver(cluster)
            for name in ("a", "b"):
                expect(driver.open(name, call_timeout=600_000))
            children = processes.children(worker.pid)
            driver.call("a", "spin", wait=False)
            driver.order("b", "watch")
            for number in signals:
                worker.send_signal(number)  # two at once could be one
                wait_for(lambda: not pending(worker.pid), "the signal's arrival")
            wait_for(lambda: worker.poll() is not None, "the end of the worker")
            check(worker.returncode == 0, f"exit code {worker.returncode}")
            gone(children, "the worker")
            for name in ("a", "b"):
                answer = expect(driver.answer(name), "VM_DIED")
                check(f"on {worker.machine}" in answer.message and "told to end" in answer.message, answer)
            check(driver.end() == 0, "the server ends")


def pending(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            return any(line.startswith("ShdPnd:") and int(line.split()[1], 16) for line in status)
    except OSError:
        return False


def a_full_worker_refuses_with_a_sentence(build):
    with Cluster(build) as cluster:
        workers = [cluster.worker("--capacity", "2"), cluster.worker("--capacity", "1")]
        driver = Driver(cluster)
        for name in ("a", "b", "c"):
            expect(driver.open(name))
        check([len(processes.children(worker.pid)) for worker in workers] == [2, 1], "each is full")
        answer = expect(driver.open("d"), "OPEN_FAILED")
        check("full" in answer.message or "has room" in answer.message, answer)
        check("fkvm worker --nats" in answer.message, answer)
        expect(driver.close("b"))
        wait_for(lambda: driver.open("d").status == "OK", "room after a close")
        expect(driver.call("d", "echo", 1))
        check(driver.end() == 0, "the server ends")


def a_killed_child_costs_that_vm(build):
    with Cluster(build) as cluster:
        worker = cluster.worker("--capacity", "2")
        driver = Driver(cluster)
        for name in ("a", "b"):
            expect(driver.open(name))
        driver.order("b", "watch")
        os.kill(int(driver.stats("a")["pid"]), signal.SIGKILL)
        answer = expect(driver.call("a", "echo", 1), "VM_DIED")
        check("signal 9" in answer.message and f"on {worker.machine}" in answer.message, answer)
        check(answer.value["death"] == "SIGNAL", answer)
        expect(driver.close("a"))
        expect(driver.open("a"))
        check(len(processes.children(worker.pid)) == 2, "nothing is left of the killed one")


def interrupts_do_not_make_a_server_silent(build):
    with Cluster(build) as cluster:
        cluster.worker()
        driver = Driver(cluster)
        for name in ("a", "b"):
            expect(driver.open(name, call_timeout=600_000))
        driver.call("b", "spin", wait=False)
        until = time.monotonic() + 3 * cases.SILENCE / 1000
        while time.monotonic() < until:
            driver.order("b", "interrupt")
            while not driver.queue("b").empty():
                expect(driver.answer("b"), "INTERRUPTED")
                driver.call("b", "spin", wait=False)
            time.sleep(0.01)
        check(expect(driver.call("a", "echo", 1)).value == 1, "its VMs live")


if __name__ == "__main__":
    cases.run([a_killed_worker_costs_its_own_vms, a_killed_server_costs_its_own_vms,
               a_server_that_stood_still_uses_no_stale_vm, a_worker_that_stood_still_ends_its_vms,
               a_worker_that_drains_ends_with_its_vms, a_worker_told_twice_ends_at_once,
               a_full_worker_refuses_with_a_sentence, a_killed_child_costs_that_vm,
               interrupts_do_not_make_a_server_silent])
