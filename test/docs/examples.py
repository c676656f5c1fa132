#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples in the documents: blocks of code whose first line names a file, as in ```cpp server.cpp

usage: examples.py extract DOCUMENT OUTPUT...          writes the blocks named like the outputs
       examples.py run EXPECTED PROGRAM [ARGUMENT...]  runs it; its output must be that of the file EXPECTED
       examples.py same DOCUMENT TRANSLATION ...       pairs whose blocks and tables are alike, but for the words
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


def shape(document):
    """What a translation has too: code without comments, headings and rows of tables, pictures, where links lead."""
    text = open(document, encoding="utf-8").read()
    code = [[re.sub(r"\s*(?://|# |--).*", "", line) for line in block.splitlines()]
            for block in re.findall(r"^```(.*?)^```$", text, re.M | re.S)]
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return {"code": code, "headings": [line.split()[0] for line in re.findall(r"^#+ .*$", prose, re.M)],
            "rows": [line.count("|") for line in prose.splitlines() if line.startswith("|")],
            "links": sorted(re.sub(r"#.*|\.zh-CN", "", link) for link in re.findall(r"\]\(([^)\s]+)\)", prose))}


def same(*documents):
    for document, translation in zip(documents[::2], documents[1::2]):
        one, other = shape(document), shape(translation)
        for what in one:
            if one[what] != other[what]:
                sys.exit(f"{document} and {translation} differ in their {what}:\n{one[what]}\n{other[what]}")


def run(expected, *command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    wanted = open(expected, encoding="utf-8").read()
    if done.returncode or done.stdout != wanted:
        sys.exit(f"ended with {done.returncode} and said\n{done.stdout}{done.stderr}expected\n{wanted}")


if __name__ == "__main__":
    {"extract": extract, "run": run, "same": same}[sys.argv[1]](*sys.argv[2:])
