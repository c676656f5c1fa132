#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command with a nats-server and a worker beside it, on the backend nats.

usage: run.py BUILD [--twice] [NAME=VALUE of the worker ...] -- COMMAND...

--twice: a failure is run once more, since the machine may have been at fault, and told.
"""
import sys

from cluster import Cluster


def main():
    build, *words = sys.argv[1:]
    split = words.index("--")
    settings = dict(word.split("=", 1) for word in words[:split] if word != "--twice")
    with Cluster(build) as cluster:
        worker = cluster.worker("--allow-commands", **settings)
        code = cluster.run(words[split + 1:], FK_CONTRACT_WARM="1")
        if code and "--twice" in words[:split]:
            print("once more", flush=True)
            code = cluster.run(words[split + 1:], FK_CONTRACT_WARM="1")
        if worker.poll() is not None:
            sys.exit(f"the worker ended with {worker.returncode}: {worker.log.read_text()}")
        if code:
            print(worker.log.read_text()[-2000:], file=sys.stderr)
    sys.exit(code)


main()
