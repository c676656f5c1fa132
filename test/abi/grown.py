#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs, plug-ins and libraries of different releases together: the headers get one field more in every
struct that grows, and each side is built with them in turn.

usage: grown.py BUILD COMPILER_C BACKEND...     BACKEND: embedded, process

It also sees that no field begins in bytes that the first release had as padding, and, with sizeof in place of the
numbers of lib/shim/released.h, that it would notice.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
LIBRARY = "lib/shim/libfkvm.so"
STRUCT = re.compile(r"typedef struct (\w+) \{\n    size_t size;(.*?)\n\} \1;", re.S)
GROWING = {"fk_vm_options", "fk_error", "fk_stats", "fk_method_stats", "fk_failure", "fk_host", "fk_backend"}
TYPES = {"options": "fk_vm_options", "stats": "fk_stats", "method_stats": "fk_method_stats", "failure": "fk_failure",
         "backend": "fk_backend"}
# The last field that the first release had, where its size ended in padding (on some systems).
LAST = {"fk_vm_options": "max_host_calls", "fk_error": "death", "fk_stats": "runtime"}


def run(command, **more):
    done = subprocess.run(command, text=True, capture_output=True, **more)
    if done.returncode:
        sys.exit(f"+ {shlex.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def write(path, text):
    """Leaves a file alone that is so already, for a compiler's cache."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path) or open(path).read() != text:
        open(path, "w").write(text)


def grow_headers(folder):
    found = set()
    for name in sorted(os.listdir(os.path.join(SOURCE, "include"))):
        if not name.endswith(".h"):
            continue
        text = open(os.path.join(SOURCE, "include", name)).read()
        found.update(match[1] for match in STRUCT.finditer(text))
        write(os.path.join(folder, name), STRUCT.sub(
            lambda m: m[0].replace(f"\n}} {m[1]};", f"\n    uint64_t later_field;\n}} {m[1]};"), text))
    if found != GROWING:
        sys.exit(f"structs that begin with their size: {sorted(found)}; known: {sorted(GROWING)}. "
                 "Name the new one here, and its first size in lib/shim/released.h")


def plant_sizeof(folder):
    """A copy of lib/shim whose first sizes follow the structs, as they once did."""
    shim = os.path.join(SOURCE, "lib", "shim")
    for name in os.listdir(shim):
        text = open(os.path.join(shim, name)).read()
        if name == "released.h":
            text, count = re.subn(r"(constexpr size_t (\w+) = )size\([^)]*\)",
                                  lambda m: f"{m[1]}sizeof({TYPES[m[2]]})", text)
            text = text.replace("#include <cstddef>", '#include "fk_backend.h"')
            if count != len(TYPES):
                sys.exit(f"lib/shim/released.h lists {count} structs, not {len(TYPES)}")
        write(os.path.join(folder, name), text)
    return folder


class Library:
    """libfkvm as this build makes it, the files of lib/shim compiled again with other headers. Shim:
    a copy of lib/shim, whose files that look at sizes are taken; the rest is as in `others`."""

    def __init__(self, build, folder, headers, shim=None, others=None):
        self.build, self.folder, self.headers, self.shim = build, folder, headers, shim
        os.makedirs(folder, exist_ok=True)
        self.objects = dict(others.objects) if others else {}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.compile, self.commands()))
        self.link()

    def commands(self):
        for entry in json.load(open(os.path.join(self.build, "compile_commands.json"))):
            if not entry["output"].startswith(LIBRARY):
                continue
            command, name = shlex.split(entry["command"]), os.path.basename(entry["file"])
            if self.shim:
                copy = os.path.join(self.shim, name)
                if not os.path.exists(copy) or not re.search('"abi.h"|"released.h"', open(copy).read()):
                    continue
                command[-1] = copy
            yield command

    def compile(self, command):
        place = command.index("-o") + 1
        output = os.path.join(self.folder, os.path.basename(command[place]))
        self.objects[command[place]] = command[place] = output
        for i, word in enumerate(command):
            if word.startswith("-I") and os.path.realpath(os.path.join(self.build, word[2:])) == \
                    os.path.join(os.path.realpath(SOURCE), "include"):
                command[i] = "-I" + self.headers
            elif word == "-MF":
                command[i + 1] = output + ".d"
            elif word in ("-O2", "-O3"):
                command[i] = "-O0"
        run(command, cwd=self.build)

    def link(self):
        target = next(name for name in os.listdir(os.path.join(self.build, "lib", "shim"))
                      if re.fullmatch(r"libfkvm\.so\.\d+\.\d+\.\d+", name))
        command = run([ninja(), "-C", self.build, "-t", "commands", "lib/shim/" + target]).splitlines()[-1]
        words = [self.objects.get(word, word) for word in shlex.split(command)]
        words[words.index("-o") + 1] = os.path.join(self.folder, "libfkvm.so.1")
        run(words, cwd=self.build)


def ninja():
    for name in ("ninja", "samu", "ninja-build"):
        if not subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True).returncode:
            return name
    sys.exit("neither ninja nor samu is there")


class Side:
    """The program and the plug-in of one release."""

    def __init__(self, compiler, folder, headers, grown):
        flags = shlex.split(compiler) + ["-std=c11", "-g", "-Wall", "-Werror", "-fvisibility=hidden", "-I", headers]
        flags += ["-DFK_GROWN"] if grown else []
        self.program, self.plugin = (os.path.join(folder, name + str(int(grown))) for name in ("program", "plugin.so"))
        self.grown = grown
        run(flags + ["-shared", "-fPIC", os.path.join(HERE, "grown_backend.c"), "-o", self.plugin])
        run(flags + ["-c", os.path.join(HERE, "grown.c"), "-o", self.program + ".o"])
        self.compiler = shlex.split(compiler)

    def link(self, library):
        program = f"{self.program}-{os.path.basename(os.path.dirname(library))}"
        run(self.compiler + [self.program + ".o", library, "-o", program])
        return program


def runs(program, library, plugin, backend, grown_library, host):
    environment = {**os.environ, "FK_VM_BACKEND": backend, "LD_LIBRARY_PATH": os.path.dirname(library)}
    environment["FK_VM_HOST"] = host
    environment.update({"FK_GROWN_LIBRARY": "1"} if grown_library else {})
    done = subprocess.run([program, plugin, os.path.join(HERE, "grown.lua")], env=environment, text=True,
                          capture_output=True, timeout=100)
    return done.returncode == 0, done.stdout + done.stderr


def check_padding(compiler, folder, include):
    """A field that begins where an older program has padding would be read from bytes it never set."""
    lines = ["#include <fk_backend.h>", "#include <stdio.h>", "int main(void) {"]
    text = "".join(open(os.path.join(include, name)).read() for name in ("fk_vm.h", "fk_backend.h"))
    for struct, body in STRUCT.findall(text):
        if struct not in LAST:
            continue
        fields = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
        names = re.findall(r"\(\*(\w+)\)|(\w+)(?=\s*[,;])", fields)
        for name in (a or b for a, b in names):
            lines.append(f'    printf("{struct} {name} %zu %zu\\n", offsetof({struct}, {name}), _Alignof({struct}));')
    write(os.path.join(folder, "layout.c"), "\n".join(lines + ["    return 0;", "}", ""]))
    program = os.path.join(folder, "layout")
    run(shlex.split(compiler) + ["-I", include, os.path.join(folder, "layout.c"), "-o", program])
    rows = [line.split() for line in run([program]).splitlines()]
    wrong = []
    for struct, last in LAST.items():
        mine = [(name, int(offset), int(align)) for s, name, offset, align in rows if s == struct]
        names = [name for name, _, _ in mine]
        end = mine[names.index(last)][1] + 4
        padded = -(-end // mine[0][2]) * mine[0][2]
        wrong += [f"{struct}.{name} begins at byte {offset}: that was padding in the first release, whose size is "
                  f"{padded}. Put `uint32_t reserved;` between {last} and {name}"
                  for name, offset, _ in mine[names.index(last) + 1:] if offset < padded and name != "reserved"]
    return wrong


def notices_padding(compiler, folder):
    """True if check_padding sees a field in the padding of fk_error, which every 64-bit system has."""
    include = os.path.join(folder, "padding")
    for name in os.listdir(os.path.join(SOURCE, "include")):
        if name.endswith(".h"):
            text = open(os.path.join(SOURCE, "include", name)).read()
            write(os.path.join(include, name), re.sub(r"(    fk_death death;.*\n)(.*\n)*?(\} fk_error;)",
                                                      r"\1    uint32_t planted;\n\3", text))
    return any("fk_error.planted begins" in line for line in check_padding(compiler, folder, include))


def has_64_bits(compiler):
    """Whether it compiles for such a system: this machine's Python may be of another."""
    return "#define __SIZEOF_POINTER__ 8" in run([*shlex.split(compiler), "-dM", "-E", "-x", "c", os.devnull])


def main():
    build, compiler, *backends = sys.argv[1:]
    build = os.path.abspath(build)
    folder = os.path.join(build, "test", "abi", "grown")
    headers = os.path.join(folder, "include")
    grow_headers(headers)
    wrong = check_padding(compiler, folder, os.path.join(SOURCE, "include"))
    if has_64_bits(compiler) and not notices_padding(compiler, folder):
        wrong.append("a field in the padding of fk_error was not noticed")
    later = Library(build, os.path.join(folder, "later"), headers)
    broken = Library(build, os.path.join(folder, "broken"), headers, plant_sizeof(os.path.join(folder, "shim")), later)
    host = os.path.join(build, "backends", "process", "child", "fkvm-host")
    today = os.path.join(build, "lib", "shim", "libfkvm.so.1")
    sides = [Side(compiler, folder, os.path.join(SOURCE, "include"), False), Side(compiler, folder, headers, True)]
    count = 0
    for library, new in ((today, False), (os.path.join(later.folder, "libfkvm.so.1"), True)):
        for program in sides:
            linked = program.link(library)
            for plugin in sides:
                for backend in backends:
                    good, text = runs(linked, library, plugin.plugin, backend, new, host)
                    count += 1
                    if not good:
                        wrong.append(f"a {'later' if program.grown else 'present'} program, "
                                     f"{'later' if new else 'present'} library, "
                                     f"{'later' if plugin.grown else 'present'} plug-in, {backend}:\n{text}")
    library = os.path.join(broken.folder, "libfkvm.so.1")
    good, text = runs(sides[0].link(library), library, sides[0].plugin, backends[0], True, host)
    if good or "set it to sizeof(fk_vm_options)" not in text:
        wrong.append(f"with sizeof in released.h a present program should be refused by a later library:\n{text}")
    print("\n".join(wrong) or f"{count} pairs of present and later releases work together")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
