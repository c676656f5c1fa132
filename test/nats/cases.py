# SPDX-License-Identifier: MIT
"""Cases of a test file: `FILE BUILD [CASE...]` runs these, or all of them."""
import os
import sys

SILENCE = 2000  # ms: long enough for a busy machine, short enough for a test
os.environ["FK_VM_NATS_SILENCE"] = str(SILENCE)


def run(cases):
    build, *names = sys.argv[1:]
    by_name = {case.__name__: case for case in cases}
    for name in names or by_name:
        silence(SILENCE)
        print(name, flush=True)
        by_name[name](build)


def silence(milliseconds):
    os.environ["FK_VM_NATS_SILENCE"] = str(milliseconds)
