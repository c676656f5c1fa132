#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which way the folders may depend: bindings -> include; backends -> include and lib; lib -> include.
No backend includes another, nothing includes a binding of another name. Checked over every #include
"..." of the sources and over what meson links; what is used must be where the rule says.

usage: rooms.py SOURCE_DIR [BUILD_DIR]
"""
import json
import os
import re
import sys

SOURCES = (".c", ".cpp", ".h", ".hpp", ".in")
ROOMS = ("include", "lib", "backends", "bindings")


def room_of(path):
    """("backends", "process") for backends/process/host/main.cpp."""
    parts = path.split("/")
    if parts[0] in ("backends", "bindings") and len(parts) > 2:
        return parts[0], parts[1]
    return parts[0], ""


def allowed(user, used):
    if used[0] == "include" or user == used:
        return True
    return user[0] == "backends" and used[0] == "lib"


# A binding that is built on another one says so here, with the reason.
EXCEPTIONS = {
    (("bindings", "room"), ("bindings", "cpp")): "libfkroom is C++ through and through, and fk/vm.hpp is the API of C++",
    (("bindings", "room"), ("bindings", "cli")): "fk-server and fk-play use fkvm's terminal and know freekill-core as it does",
}


def files(root):
    for room in ROOMS:
        for folder, _, names in os.walk(os.path.join(root, room)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), root)
                if name.endswith(SOURCES) and "/build/" not in path:
                    yield path


def search(name, user, everything):
    """The file that an include means: beside the user, or by the end of its path."""
    beside = os.path.normpath(os.path.join(os.path.dirname(user), name))
    if beside in everything:
        return beside
    name = re.sub(r"^(\.\./)+", "", name)
    name = re.sub(r"^fkvm/", "", name) if name.startswith("fkvm/fk_") else name
    fits = [path for path in everything if path == name or path.endswith("/" + name)]
    near = [path for path in fits if room_of(path) == room_of(user)]
    public = [path for path in fits if room_of(path)[0] == "include"]
    return (public or near or fits or [None])[0]


def check_includes(root):
    everything = set(files(root))
    seen = 0
    for user in sorted(everything):
        text = open(os.path.join(root, user), errors="replace").read()
        for name in re.findall(r'^\s*#\s*include\s+(?:"|<(?=fk))([^">]+)[">]', text, flags=re.M):
            used = search(name, user, everything)
            if not used:
                continue
            seen += 1
            pair = (room_of(user), room_of(used))
            if not allowed(*pair) and pair not in EXCEPTIONS:
                yield f"{user} includes {used}: {'/'.join(pair[0])} may not use {'/'.join(pair[1])}"
    if seen < 20:
        yield f"only {seen} includes were found: the check has lost its way"


def targets(build):
    return json.load(open(os.path.join(build, "meson-info", "intro-targets.json")))


def check_links(root, build):
    """Where a target of a room takes its sources and include folders from. Lua files do not count: the
    embedded backend carries those of bindings/lua as text, and knows nothing of what is in them."""
    for target in targets(build):
        home = os.path.relpath(os.path.dirname(target["defined_in"]), root)
        if home.split("/")[0] not in ROOMS:
            continue
        user = room_of(home + "/x")
        for group in target["target_sources"]:
            for source in group.get("sources", []):
                used = os.path.relpath(source, root)
                if used.endswith(SOURCES) and used.split("/")[0] in ROOMS and room_of(used) != user:
                    yield f"{target['name']} of {home} compiles {used}"
            for flag in group.get("parameters", []):
                if not flag.startswith("-I"):
                    continue
                used = os.path.relpath(os.path.normpath(os.path.join(build, flag[2:])), root)
                pair = (user, room_of(used + "/x"))
                if used.split("/")[0] in ROOMS and not allowed(*pair) and pair not in EXCEPTIONS:
                    yield f"{target['name']} of {home} looks for headers in {used}"


def check_rule():
    """The rule itself must be able to fail."""
    assert not allowed(("lib", ""), ("backends", "embedded"))
    assert not allowed(("backends", "process"), ("backends", "embedded"))
    assert not allowed(("bindings", "cli"), ("lib", ""))
    assert not allowed(("bindings", "cli"), ("bindings", "cjson"))
    assert not allowed(("include", ""), ("lib", ""))
    assert allowed(("backends", "process"), ("lib", "")) and allowed(("bindings", "qt"), ("include", ""))


def main():
    root = os.path.abspath(sys.argv[1])
    check_rule()
    wrong = list(check_includes(root))
    if len(sys.argv) > 2:
        wrong += check_links(root, os.path.abspath(sys.argv[2]))
    print("\n".join(wrong) if wrong else "the folders depend on each other as they may")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
