#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a call with two arguments takes in C, Go and Rust: the fastest batches of each, in turn, and
their ratio to C. Builds the programs with what compilers are here, against a release build.

usage: languages.py BUILD_DIR [BACKEND [BATCHES]]
"""
import collections
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
ROUNDS = 5


def environment(build, backend):
    return {**os.environ, "PKG_CONFIG_PATH": str(build / "meson-uninstalled"),
            "LD_LIBRARY_PATH": str(build / "lib/shim"), "FK_VM_BACKEND": backend,
            "GOFLAGS": "-mod=mod", "GOPROXY": "off", "CARGO_TARGET_DIR": str(build / "test/bench/cargo"),
            "GOCACHE": str(build / "test/bench/go-cache")}


def programs(build, env):
    def make(folder, *command):
        subprocess.run(command, cwd=SOURCE / folder, env=env, check=True)

    out = build / "test/bench"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "fkvm"], env=env, check=True,
                           capture_output=True, text=True).stdout.split()
    make("test/bench", "cc", "-O2", "-o", out / "add", "add.c", *flags)
    yield out / "add"
    if shutil.which("go"):
        make("examples/go", "go", "build", "-o", out / "add-go", "./bench")
        yield out / "add-go"
    if shutil.which("cargo"):
        make("examples/rust", "cargo", "build", "--offline", "--locked", "--quiet", "--release")
        yield out / "cargo/release/bench"


def main(build, backend="embedded", batches="200"):
    build = pathlib.Path(build).resolve()
    env = environment(build, backend)
    found = list(programs(build, env))
    best = collections.defaultdict(lambda: float("inf"))
    for _ in range(ROUNDS):
        for program in found:
            said = subprocess.run([program, SOURCE / "examples/go/game.lua", batches], env=env,
                                  check=True, capture_output=True, text=True).stdout
            for line in said.splitlines():
                name, ns = line.split(": ")
                best[name] = min(best[name], float(ns))
    for name, ns in best.items():
        print(f"{name:28} {ns:8.0f} ns a call  {ns / best['c']:5.2f} times C")


if __name__ == "__main__":
    main(*sys.argv[1:])
