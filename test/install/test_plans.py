#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What other configurations would install, as meson plans it; nothing is compiled.

usage: test_plans.py FOLDER
"""
import json
import os
import re
import shutil
import subprocess
import sys

from moved import SOURCE


def plan(folder, *options):
    shutil.rmtree(folder, ignore_errors=True)
    command = ["meson", "setup", folder, SOURCE, "-Dtests=disabled", "-Dqt=disabled", *options]
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    with open(os.path.join(folder, "meson-info", "intro-install_plan.json")) as file:
        parts = json.load(file)
    return {entry["destination"] for part in parts.values() for entry in part.values()}


def of_cli(name):
    return re.search(r"/(fkvm|fkvm\.1|_fkvm|fkvm\.fish)$|/fk-(server|play)\b|cardgame|/packages/|(bench|soak|doctor|floor)\.lua$", name)


def wrong(folder):
    static = plan(folder, "-Ddefault_library=static")
    yield from (f"static installs {name}" for name in static if re.search(r"libfk[\w-]*\.so", name))
    if not any(name.endswith("/libfkvm.a") for name in static):
        yield "static does not install libfkvm.a"
    shared = plan(folder, "-Ddefault_library=shared", "-Dcli=disabled")
    yield from (f"shared installs {name}" for name in shared if name.endswith(".a"))
    yield from (f"without the command it installs {name}" for name in shared if of_cli(name))
    if not any(name.endswith("/freekill.lua") for name in shared):
        yield "without the command there is no entry script of FreeKill servers"
    if not any("libfkvm.so" in name for name in shared):
        yield "shared does not install libfkvm.so"


def main():
    found = list(wrong(sys.argv[1]))
    print("\n".join(found) or "static, shared and without the command: nothing too much")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
