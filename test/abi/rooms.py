#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which way the rooms of the house may depend (docs/architecture.md). Checked over every #include of the
sources, every require and dofile of the Lua files, and over what meson compiles and where it looks for
headers. An include that climbs ("../x.h") fails wherever it leads. There are no exceptions.

usage: rooms.py SOURCE_DIR [BUILD_DIR]
"""
import json
import os
import re
import sys

C = (".c", ".cpp", ".h", ".hpp", ".in")
SOURCES = C + (".lua",)
TOP = ("include", "lib", "backends", "bindings", "examples")

# A room and the rooms whose files its own may use. A folder below a room belongs to it; "x/*" is every
# room below x. What is not listed may use include alone.
MAY_USE = {
    "include": [],
    "lib/base": [],
    "lib/wire": ["lib/base"],
    "lib/shim": ["lib/base", "lib/wire"],
    "backends/embedded": ["lib/base", "lib/wire"],
    "backends/process": [],  # headers that both ends share
    "backends/process/server": ["lib/base", "lib/wire", "backends/process"],
    "backends/process/child": ["lib/base", "lib/wire", "backends/process", "backends/embedded"],
    "bindings/lua": [],
    "bindings/freekill": ["bindings/lua", "bindings/cpp"],
    "bindings/cpp": [],
    "bindings/qt": [],
    "bindings/cjson": [],
    "bindings/room": ["bindings/cpp", "bindings/freekill"],
    "bindings/cli": ["bindings/cpp", "bindings/freekill"],
    "examples/backend": [],
    "examples/cardgame": ["bindings/lua", "bindings/freekill"],
    "examples/server": ["bindings/*"],
    "examples/play": ["bindings/*", "examples/server"],
}

# The doors of rooms that are not open as a whole: nobody else includes another file of them.
DOORS = {
    "backends/embedded": ["backends/embedded/embedded.h"],
}


def room_of(path):
    """backends/process/child for backends/process/child/vm.cpp; bindings/lua for bindings/lua/cbor/cbor.h."""
    folder = os.path.dirname(path)
    while folder and folder not in MAY_USE:
        folder = os.path.dirname(folder)
    return folder or path.split("/")[0]


def may_use(user, used):
    if used == "include" or user == used:
        return True
    return any(used == room or (room.endswith("/*") and used.startswith(room[:-1]))
               for room in MAY_USE.get(user, []))


def problem(user, used):
    """Why the file user may not use the file used, or None."""
    rooms = room_of(user), room_of(used)
    if not may_use(*rooms):
        return f"{rooms[0]} may not use {rooms[1]}"
    if rooms[0] != rooms[1] and used.endswith(C) and used not in DOORS.get(rooms[1], [used]):
        return f"{rooms[1]} is open by {', '.join(DOORS[rooms[1]])} only"
    return None


def files(root):
    for top in TOP:
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith(SOURCES):
                    yield os.path.relpath(os.path.join(folder, name), root)


def included(text):
    return re.findall(r'^\s*#\s*include\s+(?:"|<(?=fk))([^">]+)[">]', text, flags=re.M)


def required(text):
    text = re.sub(r"--[^\n]*", "", text)
    return re.findall(r"""\b(?:require|dofile)\s*\(?\s*["']([^"']+)["']""", text)


def beside_or_by_end(name, user, everything):
    """The file that an include means: beside the user, or by the end of its path."""
    beside = os.path.normpath(os.path.join(os.path.dirname(user), name))
    if beside in everything:
        return beside
    name = re.sub(r"^fkvm/(?=fk_)", "", name)
    fits = [path for path in everything if path == name or path.endswith("/" + name)]
    near = [path for path in fits if room_of(path) == room_of(user)]
    public = [path for path in fits if room_of(path) == "include"]
    return (public or near or sorted(fits) or [None])[0]


def module_file(name, user, everything):
    """The Lua file that a require or dofile means; built-in modules are fk.NAME of bindings/."""
    if name.startswith("fk."):
        last = name[3:]
        fits = [p for p in everything
                if p.startswith("bindings/") and p.endswith(".lua") and os.path.basename(p) == last + ".lua"]
        return fits[0] if fits else None
    path = name if name.endswith(".lua") else name.replace(".", "/") + ".lua"
    return beside_or_by_end(path, user, everything)


def check_uses(root):
    everything = set(files(root))
    seen = 0
    for user in sorted(everything):
        text = open(os.path.join(root, user), errors="replace").read()
        lua = user.endswith(".lua")
        for name in required(text) if lua else included(text):
            if ".." in name.split("/"):
                yield f"{user} includes {name}: an include must not climb"
                continue
            used = module_file(name, user, everything) if lua else beside_or_by_end(name, user, everything)
            if not used:
                continue
            seen += 1
            why = problem(user, used)
            if why:
                yield f"{user} uses {used}: {why}"
    if seen < 200:
        yield f"only {seen} uses were found: the check has lost its way"


def targets(build):
    return json.load(open(os.path.join(build, "meson-info", "intro-targets.json")))


def check_builds(root, build):
    """What a target of a room compiles, and where it looks for headers: the root of a room that it may
    use, or a folder above such rooms."""
    for target in targets(build):
        home = os.path.relpath(os.path.dirname(target["defined_in"]), root)
        if home.split("/")[0] not in TOP:
            continue
        user = room_of(home + "/x")
        for group in target["target_sources"]:
            for source in group.get("sources", []):
                used = os.path.relpath(source, root)
                if used.split("/")[0] not in TOP or not used.endswith(C):
                    continue
                if room_of(used) != user:
                    yield f"{target['name']} of {home} compiles {used}"
            for flag in group.get("parameters", []):
                if not flag.startswith("-I"):
                    continue
                used = os.path.relpath(os.path.normpath(os.path.join(build, flag[2:])), root)
                if used.split("/")[0] not in TOP or used.count("/") == 0:
                    continue
                if not may_use(user, room_of(used + "/x")):
                    yield f"{target['name']} of {home} looks for headers in {used}"


def self_test():
    """Each rule must be able to fail."""
    wrong = [
        ("lib/base/fd.h", "lib/wire/json.h"), ("lib/wire/peer.h", "lib/shim/vm.h"),
        ("lib/shim/vm.h", "backends/embedded/embedded.h"), ("lib/wire/json.h", "bindings/lua/output.h"),
        ("backends/embedded/call.cpp", "backends/process/exit_codes.h"),
        ("backends/embedded/call.cpp", "bindings/lua/facilities.h"),
        ("backends/embedded/call.cpp", "lib/shim/vm.h"),
        ("backends/process/server/spawn.cpp", "backends/process/child/vm.h"),
        ("backends/process/server/spawn.cpp", "lib/shim/vm.h"),
        ("backends/process/child/vm.cpp", "backends/process/server/spawn.h"),
        ("backends/process/child/vm.cpp", "backends/embedded/runtime.h"),
        ("backends/process/child/vm.cpp", "lib/shim/vm.h"),
        ("bindings/lua/fk.lua", "bindings/freekill/rooms.lua"),
        ("bindings/cpp/fk/vm.hpp", "lib/base/fd.h"), ("bindings/room/room.cpp", "bindings/cli/term.h"),
        ("bindings/cli/run.cpp", "bindings/room/room.h"), ("bindings/cli/run.cpp", "lib/wire/json.h"),
        ("bindings/room/room.cpp", "examples/server/server.h"), ("include/fk_vm.h", "lib/base/fd.h"),
    ]
    right = [
        ("backends/process/child/vm.cpp", "backends/embedded/embedded.h"),
        ("backends/process/server/templates.cpp", "lib/base/fork.h"),
        ("bindings/room/room.cpp", "bindings/cpp/fk/vm.hpp"), ("bindings/qt/fkqt.h", "include/fk_vm.h"),
        ("examples/server/server.cpp", "bindings/cli/term.h"), ("lib/shim/vm.h", "lib/wire/value.h"),
    ]
    for user, used in wrong:
        assert problem(user, used), f"{user} was allowed to use {used}"
    for user, used in right:
        assert not problem(user, used), problem(user, used)
    assert included('#include "../x.h"\n#include <fk_vm.h>\n#include <vector>') == ["../x.h", "fk_vm.h"]
    assert required('require "fk.cbor" -- require "no"\ndofile("a/b.lua")') == ["fk.cbor", "a/b.lua"]


def main():
    root = os.path.abspath(sys.argv[1])
    self_test()
    wrong = list(check_uses(root))
    if len(sys.argv) > 2:
        wrong += check_builds(root, os.path.abspath(sys.argv[2]))
    print("\n".join(wrong) if wrong else "the rooms depend on each other as they may")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
