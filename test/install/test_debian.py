#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""packaging/debian says what the sources say: the symbols of the map, the version, and where each installed file goes.

usage: test_debian.py SOURCE BUILD
"""
import fnmatch
import json
import os
import re
import sys

ENTRY = "usr/share/fkvm/freekill.lua"  # what a FreeKill server opens
ELSEWHERE = re.compile(r"fkqt|fkvm-qt")  # not packaged


def covers(pattern, path):
    """As dh_install: a star is within a name, and a folder has all below it."""
    names, wanted = path.split("/"), pattern.split("/")
    return len(names) >= len(wanted) and all(map(fnmatch.fnmatch, names, wanted))


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def numbers(version):
    return [int(part) for part in version.split(".")]


def differing(source, debian, build):
    listed = re.findall(r"^ (fk_\w+@FKVM_[\d.]+) ", read(debian, "libfkvm1.symbols"), re.M)
    exported = [f"{name}@{node}" for node, names in
                re.findall(r"^(\w+[\d.]+) \{(.*?)^\}", read(source, "lib/shim/fkvm.map"), re.M | re.S)
                for name in re.findall(r"^ +(fk_\w+);", names, re.M)]
    if sorted(listed) != sorted(exported):
        yield f"libfkvm1.symbols and fkvm.map differ in {sorted(set(listed) ^ set(exported))}"
    version = re.search(r"version: '([\d.]+)'", read(source, "meson.build"))[1]
    for line, node, since in re.findall(r"^( \w+@FKVM_([\d.]+) (.+))$", read(debian, "libfkvm1.symbols"), re.M):
        to_come = "~" if numbers(node) > numbers(version) else ""  # its snapshots have it too
        if since != f"{node}.0{to_come}":
            yield f"libfkvm1.symbols: '{line.strip()}' is to end with {node}.0{to_come}"
    if not read(debian, "changelog").startswith(f"fkvm ({version}-"):
        yield f"the changelog does not begin with version {version}"
    control = read(debian, "control")
    packages = set(re.findall(r"^Package: (\S+)", control, re.M))
    needed = re.search(r"^Package: libfkvm1\n(?:.+\n)*?Depends: (.*)", control, re.M)[1]
    patterns = {}
    for name in os.listdir(debian):
        if name.endswith(".install"):
            lines = [line.split()[0] for line in read(debian, name).splitlines()]
            patterns.update({line: name for line in lines})
            if name.removesuffix(".install") not in packages:
                yield f"{name} is of no package"
    patterns.update({line: "not-installed" for line in read(debian, "not-installed").split()})
    for path in installed(build):
        if ELSEWHERE.search(path):
            continue
        places = {place for p, place in patterns.items() if covers(p, path)}
        if len(places) != 1:
            yield f"{path} goes into {' and '.join(sorted(places)) or 'no package'}"
        if path == ENTRY and not any(place.removesuffix(".install") in needed for place in places):
            yield f"{path} is in no package that libfkvm1 depends on"


def installed(build):
    """As the package's build would have it: in /usr, fkvm-host in a folder of the soname."""
    folders = {"bindir": "usr/bin", "libdir": "usr/lib/x", "libdir_shared": "usr/lib/x", "libdir_static": "usr/lib/x",
               "includedir": "usr/include", "datadir": "usr/share", "mandir": "usr/share/man", "libexecdir": "usr/lib/x/libfkvm1",
               "moduledir_shared": "usr/lib/x", "prefix": "usr"}
    for part in json.loads(read(build, "meson-info/intro-install_plan.json")).values():
        for entry in part.values():
            if entry["destination"].startswith("{py_"):
                continue  # packaged from the sources
            yield re.sub(r"^\{(\w+)\}", lambda found: folders[found[1]], entry["destination"])


def main():
    source, build = sys.argv[1:]
    wrong = list(differing(source, os.path.join(source, "packaging/debian"), build))
    print("\n".join(wrong) or "packaging/debian fits the sources")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
