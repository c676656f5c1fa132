#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What three workers on this machine hold and do: idle VMs and how long each takes to open, memory, rooms a second beside the
process backend, an empty call beside a bare request of NATS.

usage: scaling.py BUILD [--vms N] [--freekill DIR] [--rounds N]       # of a release build, on an idle machine
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "nats"))
from cluster import Cluster  # noqa: E402


def held(process):
    """Bytes of a worker's own and of all its children, shared pages in part."""
    total = 0
    for pid in [process.pid] + [int(p) for p in subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True,
                                                               text=True).stdout.split()]:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                total += sum(int(line.split()[1]) << 10 for line in file if line.startswith("Pss:"))
        except OSError:
            pass
    return total


def idle_vms(cluster, workers, script, count):
    program = subprocess.Popen([cluster.build / "test/bench/bench_nats", script, "0", str(count)], env=cluster.environment(),
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    figures = json.loads(program.stdout.readline())
    with open(f"/proc/{program.pid}/smaps_rollup", encoding="ascii") as file:
        figures["server_pss_mb"] = round(sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1000, 1)
    figures["worker_pss_mb"] = [round(held(worker) / 1e6, 1) for worker in workers]
    program.stdin.close()
    program.wait()
    return figures


def rooms_per_second(cluster, game, backend, games, seats):
    done = subprocess.run([cluster.build / "examples/server/fk-server", *game, "--backend", backend, "--rooms-per-vm", "1", "--port", "0",
                           "--self-play", "20", "--games", str(games), "--seats", str(seats), "--pace", "0", "--log-level", "error"],
                          env=cluster.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"fk-server ended with {done.returncode}: {done.stderr[-1000:]}")
    return json.loads(done.stdout[done.stdout.index("{"):])["games_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("build")
    parser.add_argument("--vms", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--freekill")
    arguments = parser.parse_args()
    game = ["--freekill", arguments.freekill] if arguments.freekill else [str(HERE / "../../examples/cardgame/main.lua")]
    games, seats = (40, 3) if arguments.freekill else (300, 8)
    with Cluster(arguments.build) as cluster:
        workers = [cluster.worker("--capacity", "400") for _ in range(3)]
        calls = subprocess.run([cluster.build / "test/bench/bench_nats", HERE / "add.lua", "4000"], env=cluster.environment(),
                               capture_output=True, text=True)
        print("an empty call:", calls.stdout.strip())
        print(f"{arguments.vms} idle VMs:", idle_vms(cluster, workers, game[-1] if not arguments.freekill else str(HERE / "add.lua"),
                                                     arguments.vms))
        pairs = []
        for _ in range(arguments.rounds):
            pair = [rooms_per_second(cluster, game, backend, games, seats) for backend in ("nats", "process")]
            pairs.append(pair)
            print(f"rooms a second: nats {pair[0]:.1f}, process {pair[1]:.1f}")
        print(f"medians {statistics.median(a for a, _ in pairs):.1f} and {statistics.median(b for _, b in pairs):.1f}, "
              f"ratio {statistics.median(a / b for a, b in pairs):.2f}")


main()
