#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Three workers with 60 VMs: one is killed, one is cut off, one drains."""
import cases
import processes
from cluster import Cluster, wait_for
from driver import Driver, check, expect
from proxy import Proxy

VMS, EACH = 60, 30


def exactly_those_of_the_first_two(build):
    with Cluster(build) as cluster:
        proxy = Proxy(cluster.port)
        killed = cluster.worker("--capacity", str(EACH))
        cut = cluster.worker("--capacity", str(EACH), FK_VM_NATS=proxy.url)
        drained = cluster.worker("--capacity", str(EACH))
        driver = Driver(cluster)
        names = [f"vm{i}" for i in range(VMS)]
        for name in names:
            driver.open(name, wait=False)
        for name in names:
            expect(driver.answer(name))
        home = {worker: processes.children(worker.pid) for worker in (killed, cut, drained)}
        pids = {name: int(driver.stats(name)["pid"]) for name in names}
        of = {worker: [name for name in names if pids[name] in home[worker]] for worker in home}
        check(sum(map(len, of.values())) == VMS and all(of.values()), {w.machine: len(of[w]) for w in of})
        print({worker.machine: len(of[worker]) for worker in of}, flush=True)
        for name in of[killed] + of[cut]:
            driver.order(name, "watch")

        killed.kill()
        proxy.cut("both")
        drained.terminate()
        fresh = cluster.worker("--capacity", str(VMS))
        opened = [f"new{i}" for i in range(EACH)]  # at once: nobody waits for the silence of the others
        for name in opened:
            driver.open(name, wait=False)
        for name in opened:
            expect(driver.answer(name))
            check(expect(driver.call(name, "echo", name)).value == name, name)
        on = set(processes.children(fresh.pid))
        check(all(int(driver.stats(name)["pid"]) in on for name in opened), "new ones are elsewhere")

        for worker in (killed, cut):
            for name in of[worker]:
                answer = expect(driver.answer(name), "VM_DIED")
                check(f"on {worker.machine}" in answer.message and "FK_VM_NATS_SILENCE" in answer.message, answer)
        for name in of[drained]:
            check(expect(driver.call(name, "ask", name)).value == [name], name)
            expect(driver.close(name))
        wait_for(lambda: drained.poll() is not None, "the end of the drained worker")
        check(drained.returncode == 0, f"exit code {drained.returncode}")
        for worker in (killed, cut):
            wait_for(lambda: not any(map(processes.alive, home[worker])), f"the end of the children of {worker.machine}")
        check(driver.end() == 0, "the server ends")
        wait_for(lambda: not processes.children(fresh.pid), "the new VMs to be gone")


if __name__ == "__main__":
    cases.run([exactly_those_of_the_first_two])
