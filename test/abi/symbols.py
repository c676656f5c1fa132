#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the built library exports = the version script = the functions that the headers mark FK_API.

usage: symbols.py LIBRARY MAP HEADER...
"""
import re
import subprocess
import sys


def exported(library):
    text = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library],
                          check=True, capture_output=True, text=True).stdout
    names = set()
    for line in text.splitlines():
        kind, name = line.split()[-2:]
        if kind == "A":  # the version node itself
            continue
        names.add(name)
    return names


def in_map(path):
    text = re.sub(r"/\*.*?\*/|#.*", "", open(path).read(), flags=re.S)
    names, nodes = set(), re.findall(r"(\w[\w.]*)\s*\{(.*?)\}\s*([\w.]*)\s*;", text, flags=re.S)
    if not nodes:
        sys.exit(f"{path}: no version node")
    for node, body, _ in nodes:
        public = re.search(r"global:(.*?)(local:|$)", body, flags=re.S).group(1)
        if "*" in public:
            sys.exit(f"{path}: {node} exports a pattern; list the names")
        names |= {f"{name}@@{node}" for name in re.findall(r"\w+", public)}
    if "local:" not in text or "*;" not in text:
        sys.exit(f"{path}: nothing hides what is not listed")
    return names


def in_headers(paths):
    names = set()
    for path in paths:
        text = re.sub(r"/\*.*?\*/", "", open(path).read(), flags=re.S)
        for declaration in re.findall(r"^FK_API\b([^;]*);", text, flags=re.M):
            names.add(re.search(r"(\w+)\s*\(", declaration).group(1))
    return names


def differences(what, left, right):
    return [f"{name}: {what[0]}, not {what[1]}" for name in sorted(left - right)] + \
           [f"{name}: {what[1]}, not {what[0]}" for name in sorted(right - left)]


def main():
    library, map_file, *headers = sys.argv[1:]
    built, listed, declared = exported(library), in_map(map_file), in_headers(headers)
    plain = {name.split("@")[0] for name in listed}
    wrong = differences(("in the library", "in the map"), built, listed)
    wrong += differences(("in the map", "in the headers"), plain, declared)
    if not declared or not built:
        wrong.append("nothing was found to compare")
    print("\n".join(wrong) if wrong else f"{len(built)} symbols: library, map and headers agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
