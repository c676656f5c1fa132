#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files of one library or program are compiled as one for packages (--unity=on): no two of them may have a
thing of their own, in an anonymous namespace or static, with the same name in the same namespace.

usage: unity.py SOURCE_DIR BUILD_DIR | selftest
"""
import collections
import json
import os
import re
import sys

OPENS, CLOSES = re.compile(r"^namespace\s*([\w:]*)\s*\{$"), re.compile(r"^\} // namespace")
TYPE = re.compile(r"^(?:struct|class|enum class|enum|union) (\w+)[^;]*$|^using (\w+) =")
VALUE = re.compile(r"^(?!namespace|using)(?:[\w:]+(?:<[^()=]*>)?[\s*&]+)+(\w+)(?:\[[^\]]*\])*\s*(?:=|\{|;)")
FUNCTION = re.compile(r"^(?!return|else|using|namespace|static_assert)[\w:][^=;()]*?(\w+)\(([^;]*?)\)[^;()]*\{", re.S)


def kinds_of(parameters):
    """The types of parameters, without their names and defaults."""
    depth, parts = 0, [""]
    for c in parameters:
        depth += (c in "<({[") - (c in ">)}]")
        if c == "," and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return tuple(re.sub(r"(?<=[\s*&>])\w+$", "", part.split("=")[0].strip()).strip() for part in parts)


def own(text):
    """What a file has for itself: (namespace, name[, types of parameters])."""
    within, lines = [], text.split("\n")
    for at, line in enumerate(lines):
        if opened := OPENS.match(line):
            within.append(opened[1])
        elif CLOSES.match(line):
            within.pop()
        elif line[:1].strip() and ("" in within or line.startswith("static ")):
            place = "::".join(name for name in within if name)
            if found := TYPE.match(line) or VALUE.match(line):
                yield place, found[1] or found[2] if found.re is TYPE else found[1]
            elif found := FUNCTION.match("\n".join(lines[at:at + 6])):
                yield place, found[1], kinds_of(found[2].replace("\n", " "))


def doubles(files):
    """files: path to text. Each thing that more than one of them has."""
    having = collections.defaultdict(set)
    for path, text in files.items():
        for thing in own(text):
            having[thing].add(path)
    return {thing: sorted(paths) for thing, paths in having.items() if len(paths) > 1}


def check(source, build):
    found = 0
    for target in json.load(open(os.path.join(build, "meson-info", "intro-targets.json"))):
        if target["defined_in"].startswith(os.path.join(source, "test")):
            continue
        paths = {path for part in target["target_sources"] for path in part.get("sources", [])
                 if path.endswith(".cpp") and path.startswith(source)}
        for thing, where in doubles({path: open(path, encoding="utf-8").read() for path in paths}).items():
            found += 1
            print(f"{target['name']}: {thing[1]} is in {' and '.join(os.path.relpath(p, source) for p in where)}")
    return found > 0


def selftest():
    one = "namespace fk {\nnamespace {\nconstexpr int most = 3; // x\nint f(const Vm &vm, int n) {\n}\n" \
          "struct Plan {\n    int most;\n};\nbool later(int);\n} // namespace\nint most_of(int a) {\n}\n} // namespace fk\n"
    same = one.replace("vm, int n", "other,\n      int m")
    assert set(doubles({"1": one, "2": same})) == {("fk", "most"), ("fk", "Plan"), ("fk", "f", ("const Vm &", "int"))}
    assert not doubles({"1": one, "2": one.replace("fk", "cli")})
    assert set(doubles({"1": one, "2": "static int f(int x) {\n}\n", "3": "static int f(int y) {\n}\n"})) == \
        {("", "f", ("int",))}
    overload = "namespace fk {\nnamespace {\nint f(int n) {\n}\nusing Plans = std::vector<Plan>;\n} // namespace\n}\n"
    assert not doubles({"1": one, "2": overload})


if __name__ == "__main__":
    sys.exit(selftest() if sys.argv[1] == "selftest" else check(*sys.argv[1:]))
