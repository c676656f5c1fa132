#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No topic is forgotten: the files of this folder that end with TOPIC(NAME, tests) are those that the
build lists, and each is named as its file.

usage: topics.py FOLDER TOPIC...
"""
import pathlib
import re
import sys


def problems(folder, listed):
    written = {}
    for path in sorted(pathlib.Path(folder).glob("*.c")):
        for name in re.findall(r"^TOPIC\((\w+), \w+\);$", path.read_text(), flags=re.M):
            written[name] = path.stem
    for name, stem in written.items():
        if name != stem:
            yield f"{stem}.c says TOPIC({name}, ...): a topic has the name of its file"
        elif name not in listed:
            yield f"{name}.c is not in the list of meson.build: nobody runs it"
    for name in listed:
        if name not in written:
            yield f"{name} is in the list of meson.build, but {name}.c has no TOPIC({name}, ...)"


def main():
    found = list(problems(sys.argv[1], sys.argv[2:]))
    print("\n".join(found) if found else f"{len(sys.argv) - 2} topics, each with its file")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
