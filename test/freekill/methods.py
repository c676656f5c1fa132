#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds all that knows FreeKill's host methods and objects against the tables methods.lua and shapes.lua: the
lists of docs/freekill-methods.md and the headers of fk/freekill are made from them, and no server in the tree speaks of
a host method that they do not have. That servers implement them rightly is checked by the compiler.

usage: methods.py LUA SOURCE_DIR [update]     (update: writes what is made from the tables)
"""
import pathlib
import re
import subprocess
import sys

MARKS = re.compile(r"(<!-- made by methods_doc.lua (\w+) -->\n).*?(<!-- end -->)", re.S)
NAME = re.compile(r'"((?:ServerPlayer|RoomThread|Room|Server|Task)_\w+)"')
SERVERS = ("bindings/freekill", "bindings/room", "bindings/cli")


def printed(lua, root, what):
    script = root / "bindings/freekill/methods_doc.lua"
    return subprocess.run([lua, script, what], check=True, capture_output=True, text=True).stdout


def made(lua, root):
    """Each file that is made from the tables: its path, and the text that it must have."""
    page = root / "docs/freekill-methods.md"
    yield page, MARKS.sub(lambda m: m.group(1) + printed(lua, root, m.group(2)) + m.group(3), page.read_text())
    for header in ("objects.hpp", "methods.hpp"):
        yield root / "bindings/freekill/fk/freekill" / header, printed(lua, root, header)


def spoken_of(root):
    """(place, host method) of all string literals of servers that look like one."""
    for folder in SERVERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".cpp", ".h", ".hpp"):
                for name in NAME.findall(path.read_text()):
                    yield path.relative_to(root), name


def strangers(names, places):
    return [f"{place} speaks of {name}, which is not in methods.lua" for place, name in places if name not in names]


def main():
    lua, root = sys.argv[1], pathlib.Path(sys.argv[2])
    if sys.argv[3:] == ["update"]:
        for path, text in made(lua, root):
            path.write_text(text)
        return 0
    names = set(NAME.findall(printed(lua, root, "methods.hpp")))
    places = list(spoken_of(root))
    assert len(names) >= 30 and {name for _, name in places} >= names, "the table or the servers were not read"
    assert strangers(names, [("x.cpp", "Room_nobody")]), "an unknown method passes"
    wrong = strangers(names, places)
    wrong += [f"{path.relative_to(root)} is not what methods.lua makes it: run this with `update`"
              for path, text in made(lua, root) if path.read_text() != text]
    print("\n".join(wrong) or f"{len(names)} host methods are the same everywhere")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
