#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a worker tells of itself: metrics, and fkvm top."""
import json
import re
import shutil
import subprocess
import sys
import urllib.request

import cases
from cluster import Cluster, wait_for
from driver import Driver, check, expect


def samples(text):
    return {name: float(value) for name, value in re.findall(r"^([^#\s]+) (\S+)$", text, re.M)}


def a_worker_has_metrics(build):
    with Cluster(build) as cluster:
        worker = cluster.worker("--metrics", "0", "--capacity", "7")
        place = wait_for(lambda: re.search(r"metrics on (\S+)", worker.log.read_text()), "the metrics")[1]

        def look():
            with urllib.request.urlopen(f"http://{place}/metrics", timeout=60) as answer:
                return answer.read().decode()

        driver = Driver(cluster)
        expect(driver.open("a"))
        expect(driver.open("b"))
        text = look()
        if shutil.which("promtool"):
            subprocess.run(["promtool", "check", "metrics"], input=text, text=True, check=True)
        seen = samples(text)
        for name, wanted in {"fkvm_worker_vms": 2, "fkvm_worker_capacity": 7, "fkvm_worker_servers": 1,
                             'fkvm_worker_opens_total{kind="fresh"}': 2}.items():
            check(seen[name] == wanted, f"{name} is {seen.get(name)}")
        check(seen["fkvm_worker_sent_bytes_total"] > 0, "bytes")
        expect(driver.close("a"))
        wait_for(lambda: samples(look())['fkvm_worker_ended_total{cause="NONE"}'] == 1, "the end of a VM")
        try:
            urllib.request.urlopen(f"http://{place}/other", timeout=60)
            sys.exit("something else was answered")
        except urllib.error.HTTPError as error:
            check(error.code == 404, error.code)


def fkvm_top_shows_a_worker(build):
    with Cluster(build) as cluster:
        fkvm = cluster.build / "bindings/cli/fkvm"
        if not fkvm.exists():
            sys.exit(77)
        socket = cluster.folder / "worker.sock"
        cluster.worker("--status", str(socket))
        driver = Driver(cluster)
        expect(driver.open("a"))
        pid = driver.stats("a")["pid"]
        done = subprocess.run([fkvm, "top", "--once", "--json", socket], capture_output=True, text=True)
        server = json.loads(done.stdout)["servers"][0]
        check([vm["pid"] for vm in server["vms"]] == [pid], done.stdout)
        check("of" in server["vms"][0]["label"], done.stdout)


CASES = [a_worker_has_metrics, fkvm_top_shows_a_worker]
if __name__ == "__main__":
    cases.run(CASES)
