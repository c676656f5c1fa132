#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A project takes fkvm as a subproject: dependency('fkvm') is the one in it, and its program runs. It is a unity build,
as that of examples/play.sh: all sources of a target in one file, where two helpers of one name collide.

usage: test_subproject.py FOLDER
"""
import os
import shutil
import subprocess
import sys

from moved import HERE, SOURCE

ABI = os.path.join(SOURCE, "test", "abi")


def run(*command):
    done = subprocess.run(command, text=True, capture_output=True, env=dict(os.environ, PKG_CONFIG_PATH=""))
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-5000:]}{done.stderr}")
    return done.stdout


def main():
    folder = sys.argv[1]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "subprojects"))
    shutil.copy(os.path.join(HERE, "super", "meson.build"), folder)
    shutil.copy(os.path.join(ABI, "program.c"), folder)
    os.symlink(SOURCE, os.path.join(folder, "subprojects", "fkvm"))
    build = os.path.join(folder, "build")
    run("meson", "setup", "--force-fallback-for=fkvm", "--unity=on", "-Dunity_size=100", build, folder)
    run("ninja", "-C", build)
    said = run(os.path.join(build, "super"), os.path.join(ABI, "program.lua"))
    if " embedded " not in said:
        sys.exit(f"super said {said}")
    print(said, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
