#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an embedded call with two arguments costs from Python, and from C beside it: turns of both,
processor time, medians. Fails if Python takes more than MOST times as long.

usage: bench_python.py BENCH_CALL   (ninja bench-python, of a release build, calls it so)
"""
import pathlib
import statistics
import subprocess
import sys
import time

import fkvm

MOST = 15
TURNS, CALLS = 15, 20_000
SCRIPT = str(pathlib.Path(__file__).with_name("add.lua"))


def python_ns(vm: fkvm.VM) -> float:
    call = vm.call
    begun = time.thread_time_ns()
    for number in range(CALLS):
        call("add", number, 2)
    return (time.thread_time_ns() - begun) / CALLS


def c_ns(program: str) -> float:
    done = subprocess.run([program, SCRIPT, str(10 * CALLS)], stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def main() -> int:
    with fkvm.VM(SCRIPT, backend="embedded") as vm:
        python_ns(vm)
        turns = [(python_ns(vm), c_ns(sys.argv[1])) for _ in range(TURNS)]
    in_python, in_c = (statistics.median(column) for column in zip(*turns))
    ratio = statistics.median(p / c for p, c in turns)
    print(f"add(1, 2): {in_python:.0f} ns from Python, {in_c:.0f} ns from C, "
          f"{ratio:.1f} times as long (at most {MOST})")
    return ratio > MOST


if __name__ == "__main__":
    sys.exit(main())
