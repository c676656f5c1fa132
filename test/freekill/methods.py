#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds all that knows FreeKill's host methods against the one table: docs/freekill.md lists it, libfkroom
binds what is in it and nothing else, and the CLI answers nothing that is not in it.

usage: methods.py LUA SOURCE_DIR [update]     (update: writes the list of docs/freekill.md)
"""
import pathlib
import re
import subprocess
import sys

MARKS = re.compile(r"(<!-- methods: [^\n]*-->\n).*?(<!-- end -->)", re.S)
OUTPUT = {"flush"}  # of the CLI: not FreeKill's


def printed(lua, root, what):
    script = root / "bindings/freekill/methods_doc.lua"
    return subprocess.run([lua, script, what], check=True, capture_output=True, text=True).stdout


def table(lua, root):
    return {row.split()[0]: row.split()[1] for row in printed(lua, root, "lines").splitlines()}


def bound_by_room(text):
    return set(re.findall(r'vm\.bind\(\s*"(\w+)"', text))


def answered_by_cli(text):
    return set(re.findall(r'"((?:ServerPlayer|RoomThread|Room|Server|Task)_\w+)"', text))


def problems(rows, room, cli):
    for name in sorted(room - set(rows)):
        yield f"libfkroom binds {name}, which is not in methods.lua"
    for name in sorted(set(rows) - room):
        yield f"libfkroom does not bind {name} of methods.lua"
    for name in sorted(cli - set(rows)):
        yield f"the CLI answers {name}, which is not in methods.lua"


def self_test(rows, room, cli):
    some = sorted(rows)[0]
    assert list(problems(rows, room | {"Room_nobody"}, cli)), "an unknown method of libfkroom passes"
    assert list(problems(rows, room - {some}, cli)), "a method that libfkroom lacks passes"
    assert list(problems(rows, room, cli | {"Room_nobody"})), "an unknown method of the CLI passes"


def main():
    lua, root = sys.argv[1], pathlib.Path(sys.argv[2])
    page = root / "docs/freekill.md"
    text = page.read_text()
    wanted = MARKS.sub(lambda m: m.group(1) + printed(lua, root, "markdown") + m.group(2), text)
    if sys.argv[3:] == ["update"]:
        page.write_text(wanted)
        return 0
    rows = table(lua, root)
    assert len(rows) >= 30 and set(rows.values()) == {"notify", "request"}, rows
    room = bound_by_room((root / "bindings/room/host_methods.cpp").read_text())
    cli = answered_by_cli((root / "bindings/cli/host_methods.cpp").read_text())
    self_test(rows, room, cli)
    wrong = list(problems(rows, room, cli))
    if wanted != text:
        wrong.append("docs/freekill.md does not list methods.lua as it is: run this with `update`")
    print("\n".join(wrong) or f"{len(rows)} host methods are the same everywhere")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
