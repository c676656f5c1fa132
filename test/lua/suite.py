#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lua's own test suite, each file in a VM of its own at the level `trusted`; skipped without LUA_TESTES_DIR, the folder
`testes` of Lua's sources.

usage: suite.py ONE BACKEND [FILE]...

A file must pass as it is. DIFFERENCES has the statements that cannot, each with its reason: a file must fail with any of
them, and pass without them all. docs/lua.md has the same list.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

NOT_RUN = {
    "all.lua": "runs the others",
    "heavy.lua": "uses up all memory; all.lua does not run it either",
}

# A file: the first line of each statement, its last line, why it fails.
DIFFERENCES = {
    "db.lua": [("do   -- testing debug info for finalizers", "end",
                "a finalizer runs in a coroutine of the library, so debug.getinfo does not know that it is one")],
}

LIMIT = 120  # seconds, which only a hang reaches
LIMIT_OF_FAILURE = 5  # some differences are endless loops

HERE = pathlib.Path(__file__).parent


def without(text, first, last):
    """The text without the statement, whose lines stay empty: the file counts its lines."""
    lines = text.split(b"\n")
    start = lines.index(first.encode())
    end = lines.index(last.encode(), start)
    return b"\n".join(lines[:start] + [b""] * (end + 1 - start) + lines[end + 1:])


def run(one, backend, source, name, text, limit):
    """What the file said if it failed, else None."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "testes")
        shutil.copytree(source, copy)
        shutil.copy(HERE / "one.lua", copy / "fkvm_one.lua")
        (copy / name).write_bytes(text)
        done = subprocess.run([one, copy, name, str(limit * 1000)],
                              env={**os.environ, "FK_VM_BACKEND": backend, "LC_ALL": "C"},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=2 * LIMIT)
    said = done.stdout.decode(errors="replace")[-3000:]
    return f"ended with {done.returncode}:\n{said}" if done.returncode else None


def problems_of(one, backend, source, name):
    text = (source / name).read_bytes()
    known = DIFFERENCES.get(name, [])
    mended = text
    for first, last, _ in known:
        mended = without(mended, first, last)
    said = run(one, backend, source, name, mended, LIMIT)
    if said:
        yield f"{name} {said}"
    for first, _, _ in known:
        alone = text
        for other, last, _ in known:
            if other != first:
                alone = without(alone, other, last)
        if not run(one, backend, source, name, alone, LIMIT_OF_FAILURE):
            yield f"{name} passes with '{first}': take it out of DIFFERENCES, and of docs/lua.md"


def main(one, backend, *files):
    folder = os.environ.get("LUA_TESTES_DIR")
    if not folder:
        print("skipped: LUA_TESTES_DIR, the folder `testes` of Lua's sources, is not set")
        return 77
    source = pathlib.Path(folder)
    names = files or sorted(path.name for path in source.glob("*.lua") if path.name not in NOT_RUN)
    if not names:
        sys.exit(f"{folder} holds no *.lua: LUA_TESTES_DIR names another folder")
    problems = [problem for name in names for problem in problems_of(one, backend, source, name)]
    print("\n".join(problems))
    print(f"{backend}: {len(names)} files, {sum(map(len, DIFFERENCES.values()))} known differences, "
          f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
