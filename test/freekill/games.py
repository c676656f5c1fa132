#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whole games of freekill-core, its scripts unchanged, on one backend; skipped without FK_CORE_DIR, the folder that
holds packages/freekill-core. Several folders, separated by ':', are several cores: FreeKill's releases differ.

usage: games.py FKVM LUA FLOOR BACKEND [GAMES]

Every game must end by Room_gameOver and a last ResumeRoom that gives true. A warning or a critical is allowed where the
same game in plain Lua (FLOOR) gives it too; games differ, so the floor plays on until it has shown it or had its tries.
"""
import json
import os
import re
import subprocess
import sys

TRIES = 30


def records(text):
    """The first lines of warnings and criticals, without their tracebacks and the folders that a path begins with."""
    found = re.findall(r"^(?:warning|critical): (?!stack traceback:)(\S.*)$", text, re.M)
    return {re.sub(r"^\S*/(?=[^/\s]+/[^/\s]+:\d)", "", line) for line in found}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    summary = done.stdout.splitlines()[-1]  # the core of 2026 greets on standard output, in plain Lua
    return json.loads(summary), records(done.stderr), done.stderr


def play(core, fkvm, lua, floor, backend, games):
    """What went wrong with the core of that folder."""
    result, said, errors = run(fkvm, "run", "--freekill", core, "--games", games, "--players", "8", "--backend", backend,
                               "--json")
    print(core, json.dumps({name: value for name, value in result.items() if name != "each"}))
    wanted = int(games)
    problems = [f"{name} is {result[name]}, not {value}" for name, value in {
        "backend": backend, "games": wanted, "games_over": wanted, "rooms_ended": wanted, "lua_errors": 0,
        "failed_notifications": 0}.items() if result[name] != value]
    problems += [f"room {game['room']} sent only {game['notifies']} notifies" for game in result["each"]
                 if game["notifies"] < 10_000]
    if "traceback" in errors and not said:
        problems.append("a traceback that belongs to no warning:\n" + errors[-4000:])
    known = set()
    for _ in range(TRIES if said else 0):
        if said <= known:
            break
        known |= run(lua, floor, core, "1", "8", "2000")[1]
    problems += [f"not in plain Lua: {line}" for line in sorted(said - known)]
    print(f"{len(said)} different warnings")
    return [f"{core}: {problem}" for problem in problems]


def main(fkvm, lua, floor, backend, games="3"):
    cores = os.environ.get("FK_CORE_DIR")
    if not cores:
        print("skipped: FK_CORE_DIR, the folder that holds packages/freekill-core, is not set")
        return 77
    problems = [problem for core in cores.split(":") for problem in play(core, fkvm, lua, floor, backend, games)]
    print("\n".join(problems) or "all that was said is known to plain Lua")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
