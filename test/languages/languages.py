#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples for other languages, against the library of a build: their own tests on one backend,
and their program, whose output is that of its page in docs. Nothing is downloaded. What they
compile stays in the build folder. Skips (77) where the compiler is missing.

usage: languages.py LANGUAGE SOURCE_ROOT BUILD_ROOT LIBRARY BACKEND
"""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
from examples import blocks  # noqa: E402

PACKAGES = {"go": "golang-go", "cargo": "cargo", "pkg-config": "pkg-config"}


def skip_without(*programs):
    for program in programs:
        if not shutil.which(program):
            print(f"{program} is not here: install Debian's {PACKAGES[program]} to run this test")
            sys.exit(77)


def environment(build, library, backend):
    """An installed libfkvm, as pkg-config and the loader see it, is that of the build."""
    return {**os.environ, "PKG_CONFIG_PATH": str(build / "meson-uninstalled"),
            "LD_LIBRARY_PATH": str(library.parent), "FK_VM_BACKEND": backend,
            "GOCACHE": str(build / "test/languages/go-cache"), "GOFLAGS": "-mod=mod",
            "GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "1", "CARGO_NET_OFFLINE": "true",
            "CARGO_TARGET_DIR": str(build / "test/languages/cargo")}


def check_go(folder, out, env):
    program = out / "go-game"
    with alone(out / "go.lock"):
        run(["go", "vet", "./..."], folder, env)
        run(["go", "test", "-c", "-o", out / "go-test", "./fkvm"], folder, env)
        run(["go", "build", "-o", program, "."], folder, env)
    run([out / "go-test", "-test.timeout=100s"], folder / "fkvm", env)
    return program


def check_rust(folder, out, env):
    with alone(out / "cargo.lock"):
        run(["cargo", "build", "--locked", "--quiet", "--bin", "game"], folder, env)
        run(["cargo", "test", "--locked", "--quiet", "--lib", "--test", "vm"], folder, env)
    return out / "cargo/debug/game"


LANGUAGES = {"go": (check_go, ["go", "pkg-config"]), "rust": (check_rust, ["cargo", "pkg-config"])}


class alone:
    """One of several tests at a time compiles."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")

    def __enter__(self):
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


def run(command, folder, env):
    command = [str(word) for word in command]
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def main(language, source, build, library, backend):
    check, needed = LANGUAGES[language]
    skip_without(*needed)
    source, build, library = (pathlib.Path(p).resolve() for p in (source, build, library))
    folder, out = source / "examples" / language, build / "test/languages"
    out.mkdir(parents=True, exist_ok=True)
    env = environment(build, library, backend)
    said = run([check(folder, out, env)], folder, env)
    wanted = blocks(source / "docs" / f"{language}.md")["game.txt"]
    if said != wanted:
        sys.exit(f"the program said\n{said}docs/{language}.md has\n{wanted}")


if __name__ == "__main__":
    main(*sys.argv[1:])
