#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""FreeKill is a guest: the library, its backends and the bindings that any game uses name nothing of it.

usage: guest.py SOURCE_DIR
"""
import pathlib
import re
import sys

FREE_OF_IT = ("include", "lib", "backends", "bindings/lua", "bindings/cpp")
NAMES = re.compile(r"\b(?:Room(?! for)|Player)\b|(?:Room|Player|Task)_\w|ServerPlayer|RoomThread|[Ff]ree[Kk]ill|Scheduler"
                   r"|Qml|QRandom|QList|getms|DisabledPacks")


def mentions(text):
    return [(number, found.group()) for number, line in enumerate(text.splitlines(), 1) for found in NAMES.finditer(line)]


def main():
    root = pathlib.Path(sys.argv[1])
    for name in ("Room *room", "fk.Player_Online", "InitScheduler", "freekill-core", "fk.QRandomGenerator", "os.getms"):
        assert mentions(name), f"{name} passes"
    assert not mentions("// Room for `more` bytes; the player of no game; char *room(size_t *size)")
    files = [path for room in FREE_OF_IT for path in sorted((root / room).rglob("*")) if path.is_file()]
    assert len(files) > 200, "the sources were not found"
    wrong = [f"{path.relative_to(root)}:{number} names {what}" for path in files for number, what in mentions(path.read_text())]
    print("\n".join(wrong) or f"{len(files)} files name nothing of FreeKill")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
