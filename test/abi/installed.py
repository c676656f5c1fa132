#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs the build into a folder of its own and uses fkvm from there as a stranger would: by pkg-config.

usage: installed.py BUILD program shared|static    builds and runs program.c
       installed.py BUILD program cpp              builds and runs program.cpp
       installed.py BUILD document FILE COMMANDS   writes the files named in the blocks of code of a document
                                                   (see test/docs) and runs its block COMMANDS among them
       installed.py BUILD backend COMMAND...       builds examples/backend, then runs COMMAND, which finds
                                                   it as FK_VM_BACKEND=worker
"""
import fcntl
import json
import os
import shlex
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "docs"))
import examples  # noqa: E402 - beside this folder
EXAMPLE = os.path.join(HERE, "..", "..", "examples", "backend")


def run(command, **more):
    print("+", shlex.join(command), flush=True)
    done = subprocess.run(command, text=True, capture_output=True, **more)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nended with {done.returncode}")
    return done.stdout


class Tree:
    """The installed tree; made anew when the build is newer."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.root = os.path.join(self.build, "test", "abi", "installed")
        options = {o["name"]: o["value"] for o in self.info("buildoptions")}
        self.options = options
        self.prefix = options["prefix"]
        self.lib = os.path.join(self.root, self.prefix.lstrip("/"), options["libdir"])
        self.sanitize = options.get("b_sanitize", "none")

    def info(self, what):
        return json.load(open(os.path.join(self.build, "meson-info", f"intro-{what}.json")))

    def sources(self):
        for target in self.info("targets"):
            if target["installed"]:
                yield from target["filename"]
        yield os.path.join(EXAMPLE, "worker.c")
        yield os.path.join(EXAMPLE, "meson.build")

    def fresh(self, stamp):
        if not os.path.exists(stamp):
            return False
        made = os.path.getmtime(stamp)
        return all(os.path.getmtime(path) <= made for path in self.sources() if os.path.exists(path))

    def make(self):
        with open(os.path.join(self.build, "test", "abi", "installed.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            stamp = os.path.join(self.root, "stamp")
            if not self.fresh(stamp):
                shutil.rmtree(self.root, ignore_errors=True)
                run(["meson", "install", "--no-rebuild", "--quiet", "-C", self.build, "--destdir", self.root])
                self.build_backend()
                open(stamp, "w").close()

    def backends(self, kind):
        """fkvm-host is found relative to the library, so a static program has none beside it."""
        host = any(target["name"] == "fkvm-host" for target in self.info("targets"))
        return ["embedded"] + (["process"] if host and kind != "static" else [])

    def environment(self):
        packages = os.path.join(self.lib, "pkgconfig")
        variables = dict(os.environ, PKG_CONFIG_PATH=packages, PKG_CONFIG_SYSROOT_DIR=self.root,
                         LD_LIBRARY_PATH=self.lib)
        variables.pop("DESTDIR", None)
        return variables

    def build_backend(self):
        folder = os.path.join(self.root, "backend")
        options = ["-Dwerror=true"]
        if self.sanitize != "none":
            options += [f"-Db_sanitize={self.sanitize}", "-Db_lundef=false"]
        run(["meson", "setup", *options, folder, EXAMPLE], env=self.environment())
        run(["ninja", "-C", folder], env=self.environment())
        self.needs_only_the_installed(os.path.join(folder, "compile_commands.json"))

    def needs_only_the_installed(self, commands):
        """No header of the source tree may have helped."""
        include = os.path.realpath(os.path.join(HERE, "..", "..", "include"))
        if include in open(commands).read():
            sys.exit(f"{commands} mentions {include}")


def program(tree, kind):
    binary = os.path.join(tree.root, "program-" + kind)
    flags = ["--cflags", "--libs"] + (["--static"] if kind == "static" else [])
    words = shlex.split(run(["pkg-config", *flags, "fkvm"], env=tree.environment()))
    if kind == "static":
        words = ["-l:libfkvm.a" if word == "-lfkvm" else word for word in words]
    if tree.sanitize != "none":
        words.append(f"-fsanitize={tree.sanitize}")
    if kind == "cpp":
        compiler = shlex.split(os.environ.get("CXX", "c++")) + ["-std=c++20", os.path.join(HERE, "program.cpp")]
    else:
        compiler = shlex.split(os.environ.get("CC", "cc")) + ["-std=c11", os.path.join(HERE, "program.c")]
    run(compiler + ["-Wall", "-Wextra", "-pedantic", "-Werror", "-o", binary] + words)
    needed = "libfkvm" in run(["readelf", "-d", binary])
    if needed != (kind != "static"):
        sys.exit(f"{binary} {'needs' if needed else 'does not need'} libfkvm.so")
    for name in tree.backends(kind):
        variables = dict(tree.environment(), FK_VM_BACKEND=name)
        said = run([binary, os.path.join(HERE, "program.lua")], env=variables)
        print(said, end="")
        if f" {name} " not in said:
            sys.exit(f"the backend {name} was asked for")


def document(tree, path, commands):
    """What a document says, done as it says, by somebody who has only installed fkvm."""
    folder = os.path.join(tree.root, "document-" + os.path.basename(path))
    os.makedirs(folder, exist_ok=True)
    for name, text in examples.blocks(path).items():
        open(os.path.join(folder, name), "w", encoding="utf-8").write(text)
    said = run(["sh", "-eu", commands], env=tree.environment(), cwd=folder)
    wanted = open(os.path.join(folder, commands.replace(".sh", ".txt")), encoding="utf-8").read()
    if said != wanted:
        sys.exit(f"{path} promises\n{wanted}but its {commands} said\n{said}")


def backend(tree, command):
    variables = dict(os.environ, FK_VM_BACKEND="worker", FK_VM_BACKEND_PATH=os.path.join(tree.root, "backend"))
    return subprocess.run(command, env=variables).returncode


def main():
    build, mode, *rest = sys.argv[1:]
    tree = Tree(build)
    tree.make()
    modes = {"program": program, "document": document, "backend": lambda tree, *command: backend(tree, command)}
    return modes[mode](tree, *rest)


if __name__ == "__main__":
    sys.exit(main())
