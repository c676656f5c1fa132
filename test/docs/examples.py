#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples in the documents: blocks of code whose first line names a file, as in ```cpp server.cpp

usage: examples.py extract DOCUMENT OUTPUT...          writes the blocks named like the outputs
       examples.py run EXPECTED PROGRAM [ARGUMENT...]  runs it; its output must be that of the file EXPECTED
"""
import os
import re
import subprocess
import sys


def blocks(document):
    text = open(document, encoding="utf-8").read()
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.M | re.S))


def extract(document, *outputs):
    named = blocks(document)
    for output in outputs:
        name = os.path.basename(output)
        if name not in named:
            sys.exit(f"{document} has no block named {name}; there are: {', '.join(named)}")
        open(output, "w", encoding="utf-8").write(named[name])


def run(expected, *command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    wanted = open(expected, encoding="utf-8").read()
    if done.returncode or done.stdout != wanted:
        sys.exit(f"ended with {done.returncode} and said\n{done.stdout}{done.stderr}expected\n{wanted}")


if __name__ == "__main__":
    {"extract": extract, "run": run}[sys.argv[1]](*sys.argv[2:])
