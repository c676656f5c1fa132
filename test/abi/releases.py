#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs and plug-ins of all releases with the library of today (releases/README.md).

usage: releases.py check BUILD "CC ARGS" BACKEND...   BACKEND: embedded, process
       releases.py sizes HEADERS "CC ARGS"
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RELEASES = HERE / "releases"
TODAY = HERE.parent.parent / "include"
WORKS = """ask: 2 42 after 1
fail: SCRIPT_ERROR
method: fail
"""
SINCE_0_9 = """error: SCRIPT_ERROR, fail
json: 8
"""
ENDS = """stats: kept
close: OK
"""
SAID = {"0.1.0": WORKS + ENDS}  # later releases say more
FIRST_ABI_2 = "0.9.0"


def run(*command, **more):
    return subprocess.run([str(word) for word in command], text=True, capture_output=True, **more)


def must(done):
    if done.returncode:
        sys.exit(f"+ {shlex.join(done.args)}\n{done.stdout}{done.stderr}")
    return done.stdout


def structs(headers):
    text = "".join(path.read_text() for path in sorted(headers.glob("*.h")))
    return sorted(set(re.findall(r"^typedef struct (\w+) \{", text, flags=re.M)))


def sizes(headers, compiler):
    names = structs(headers)
    source = "#include <stdio.h>\n" + "".join(
        f'#include "{path.name}"\n' for path in sorted(headers.glob("*.h")))
    source += "int main(void) {\n" + "".join(
        f'printf("{name} %zu\\n", sizeof({name}));\n' for name in names) + "}\n"
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder, "sizes")
        must(run(*compiler, "-x", "c", "-", "-I", headers, "-o", program, input=source))
        return must(run(program))


class Built:
    """Programs and plug-ins by the name of their headers' release; "today" for those of include."""

    def __init__(self, folder, build, compiler):
        self.programs, self.plugins = {}, {}
        library = build / "lib" / "shim"
        newest = releases()[-1]
        for release in [*releases(), "today"]:
            source = RELEASES / (newest.name if release == "today" else release.name)
            headers = TODAY if release == "today" else release
            name = release if release == "today" else release.name
            self.programs[name], self.plugins[name] = folder / f"program-{name}", folder / f"plugin-{name}.so"
            must(run(*compiler, source / "program.c", "-I", headers, "-o", self.programs[name],
                     library / "libfkvm.so", f"-Wl,-rpath,{library}"))
            must(run(*compiler, "-shared", "-fPIC", source / "plugin.c", "-I", headers, "-o",
                     self.plugins[name]))


def releases():
    return sorted(path for path in RELEASES.iterdir() if (path / "fk_vm.h").exists())


def expected(program, plugin):
    if plugin == "0.1.0":
        return re.compile(r"open: NO_BACKEND: .*ABI 1.*\n")
    return re.compile(re.escape(SAID.get(program, WORKS + SINCE_0_9 + ENDS)))


def check(build, compiler, *backends):
    build, compiler, wrong = pathlib.Path(build), compiler.split(), []
    column = 0 if must(run(*compiler, "-dumpmachine")).startswith("x86_64") else None
    for release in releases():
        wanted = (release / "sizes.txt").read_text()
        if column == 0 and sizes(release, compiler) != wanted:
            wrong.append(f"{release.name}: its own headers give {sizes(release, compiler)}, not {wanted}")
    with tempfile.TemporaryDirectory() as folder:
        built = Built(pathlib.Path(folder), build, compiler)
        script, count = RELEASES / "script.lua", 0
        pairs = [(backend, backend) for backend in backends] + list(built.plugins.items())
        for program, path in built.programs.items():
            for plugin, backend in pairs:
                done, count = run(path, backend, script), count + 1
                if not expected(program, plugin).fullmatch(done.stdout):
                    wrong.append(f"the program of {program} on {plugin} said\n{done.stdout}{done.stderr}")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{count} pairs of {len(releases())} releases and today")


if __name__ == "__main__":
    if sys.argv[1] == "sizes":
        print(sizes(pathlib.Path(sys.argv[2]), sys.argv[3].split()), end="")
    else:
        check(*sys.argv[2:])
