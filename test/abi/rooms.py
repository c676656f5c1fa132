#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the tree against the rules of the house (house.py). Sources: every #include, every require,
dofile and loadfile of Lua, every name of a Lua module or of FreeKill, every path in a meson.build.
With a build: what meson compiles, carries and links, and where it looks for headers. An include
that climbs ("../x.h") fails wherever it leads.

usage: rooms.py SOURCE_DIR [BUILD_DIR]
"""
import functools
import json
import os
import pathlib
import re
import sys

from house import (C, KNOW_FREEKILL, NAMES_OF_FREEKILL, TOP, fits, may_carry, may_link, may_use,
                   room_of)


class Tree:
    """The files of the rooms, and the Lua modules that they offer."""

    def __init__(self, root):
        self.root = root
        self.files = sorted(self.walk())
        self.known = set(self.files)
        self.modules = {}  # name: the meson.build that offers it
        for path in self.files:
            if path.endswith("/meson.build"):
                for name in re.findall(r"lua_(?:text_)?modules \+?= \{([^}]*)\}", self.text(path)):
                    for module in re.findall(r"'([\w.]+)'\s*:", name):
                        self.modules[module] = path

    def walk(self):
        for top in TOP:
            for folder, _, names in os.walk(os.path.join(self.root, top)):
                for name in names:
                    if name.endswith(C + (".lua", ".build")):
                        yield os.path.relpath(os.path.join(folder, name), self.root)

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        return pathlib.Path(self.root, path).read_text(errors="replace")

    def find(self, name, user):
        """The file that a name in the file user means: beside it, or by the end of its path."""
        beside = os.path.normpath(os.path.join(os.path.dirname(user), name))
        if beside in self.known:
            return beside
        name = re.sub(r"^fkvm/(?=fk_)", "", name)
        found = [path for path in self.files if path == name or path.endswith("/" + name)]
        near = [path for path in found if room_of(path) in ("include", room_of(user))]
        return (near or found or [None])[0]

    def makes(self, user, name):
        """Whether the meson.build beside the file user makes a file of this name."""
        build = os.path.dirname(user) + "/meson.build"
        return build in self.known and f"'{name}'" in self.text(build)


def included(text):
    return re.findall(r'^\s*#\s*include\s+(?:"|<(?=fk))([^">]+)[">]', text, flags=re.M)


def without_comments(text):
    return re.sub(r"--(?!\[)[^\n]*", "", text)


def loaded(text):
    return re.findall(r"""\b(?:dofile|loadfile|require)\s*\(?\s*["']([^"']+\.lua)["']""", text)


def required(text):
    return re.findall(r"""\brequire\s*\(?\s*["']([^"']+)["']""", text)


def uses(tree, user):
    """(name, the file used or None if there is none) of all that a source names."""
    text = tree.text(user)
    if user.endswith(C):
        for name in included(text):
            if not tree.makes(user, name):
                yield name, tree.find(name, user)
    else:
        text = without_comments(text)
        for name in loaded(text):
            yield name, tree.find(name, user) or user  # what is not here is the game's own
        for name in required(text):
            path = tree.find(name.replace(".", "/") + ".lua", user)
            if name not in tree.modules and (path or name.startswith("fk.")):
                yield name, path
    for name in re.findall(r"""["'](fk\.[\w.]+)["']""", text):
        if name in tree.modules:
            yield name, tree.modules[name]


def check_uses(tree):
    seen = 0
    for user in tree.files:
        if user.endswith("/meson.build"):
            continue
        for name, used in uses(tree, user):
            seen += 1
            if ".." in name.split("/"):
                yield f"{user} includes {name}: an include must not climb"
            elif not used:
                yield f"{user} uses {name}: there is no such file in the rooms"
            elif not may_use(user, used):
                yield f"{user} uses {used}: {room_of(user)} may not use it"
    if seen < 200:
        yield f"only {seen} uses were found: the check has lost its way"


def check_names(tree):
    methods = re.findall(r'row\("(\w+)"', tree.text("bindings/freekill/methods.lua"))
    names = re.compile(NAMES_OF_FREEKILL + "|" + r"\b(?:" + "|".join(methods) + r")\b")
    if len(methods) < 20:
        yield f"only {len(methods)} host methods of FreeKill were found: the check has lost its way"
    for user in tree.files:
        if any(fits(room, room_of(user)) for room in KNOW_FREEKILL):
            continue
        for number, line in enumerate(tree.text(user).splitlines(), 1):
            if found := names.search(line):
                yield f"{user}:{number} names {found[0]}, which is FreeKill's"


def check_paths(tree):
    """A meson.build names files and folders of its own room, or of rooms that it may use."""
    for user in tree.files:
        if not user.endswith("/meson.build"):
            continue
        text = re.sub(r"#[^\n]*|subdir\([^)]*\)", "", tree.text(user))
        for name in re.findall(r"'([^'\n]*)'", text):
            used = os.path.normpath(os.path.join(os.path.dirname(user), name))
            if not name or os.path.isabs(name) or not os.path.exists(os.path.join(tree.root, used)):
                continue
            if used.split("/")[0] not in TOP or not may_use(user, used):
                yield f"{user} names {used}: {room_of(user)} may not use it"


def check_targets(tree, build):
    """What a target of a room compiles and carries, and where it looks for headers: the root of a
    room that it may use, or a folder above such rooms."""
    for target in json.loads(pathlib.Path(build, "meson-info", "intro-targets.json").read_text()):
        home = os.path.relpath(target["defined_in"], tree.root)
        if home.split("/")[0] not in TOP:
            continue
        who = f"{target['name']} of {os.path.dirname(home)}"
        for group in target["target_sources"]:
            for used in (os.path.relpath(source, tree.root) for source in group.get("sources", [])):
                if used.startswith("..") or used.split("/")[0] not in TOP:
                    continue
                if used.endswith(C) and room_of(used) not in (room_of(home), "include"):
                    yield f"{who} compiles {used}"
                if used.endswith(".lua") and not may_carry(home, used):
                    yield f"{who} carries {used}"
            for flag in group.get("parameters", []):
                used = os.path.relpath(os.path.normpath(os.path.join(build, flag[2:])), tree.root)
                if flag.startswith("-I") and used.split("/")[0] in TOP and used.count("/"):
                    if not may_use(home, used):
                        yield f"{who} looks for headers in {used}"


def check_links(text):
    """What each target of a build.ninja is linked from: a target's path begins with its room's."""
    seen = 0
    for output, inputs in re.findall(r"^build ([^:\n]+): \w*LINKER ([^\n]*)$", text, flags=re.M):
        if output.split("/")[0] not in TOP:
            continue
        seen += 1
        for used in sorted({i.partition(".p/")[0] for i in inputs.replace("|", " ").split()}):
            if used.split("/")[0] in TOP and not may_link(output, used):
                yield f"{output} is linked from {used}: {room_of(output)} may not"
    if seen < 5:
        yield f"only {seen} targets were found: the check has lost its way"


def check_build(tree, build):
    yield from check_targets(tree, build)
    yield from check_links(pathlib.Path(build, "build.ninja").read_text())


def main():
    tree = Tree(os.path.abspath(sys.argv[1]))
    wrong = [*check_uses(tree), *check_names(tree), *check_paths(tree)]
    if len(sys.argv) > 2:
        wrong += check_build(tree, os.path.abspath(sys.argv[2]))
    print("\n".join(wrong) if wrong else "the rooms depend on each other as they may")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
