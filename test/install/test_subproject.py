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


def installed(folder, build):
    """The program, which has the library within, and fkvm-host, as they would be installed; found by its name alone."""
    for place, file in ("bin", "super"), ("libexec/fkvm", "subprojects/fkvm/backends/process/child/fkvm-host"):
        os.makedirs(os.path.join(folder, "moved", place))
        shutil.copy(os.path.join(build, file), os.path.join(folder, "moved", place))
    return os.path.join(folder, "moved", "bin")


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
    os.environ.update(PATH=installed(folder, build) + ":" + os.environ["PATH"], FK_VM_BACKEND="process")
    said = run("super", os.path.join(ABI, "program.lua"))
    if " process " not in said:
        sys.exit(f"super said {said}")
    print(said, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
