#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the ABI of the built libraries with the baseline in the tree, by abidiff.

usage: interface.py check|update LIBFKVM SURFACE     (SURFACE: built from surface.c)
       interface.py selftest INCLUDE_DIR COMPILER

`update` is for a release, or after a change that was meant; read the difference before you commit it.
`selftest` shows that a legal change of the headers passes and that illegal ones do not.
"""
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import layout

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
GROW = os.path.join(HERE, "grow.suppr")
OPAQUE = os.path.join(HERE, "opaque.suppr")


def baseline(library):
    name = re.sub(r"\.so.*", "", os.path.basename(library))
    return os.path.join(HERE, "baseline", f"{name}.{platform.machine()}.abi")


def skip(why):
    print("skipped:", why)
    sys.exit(SKIPPED)


def has_debug_info(library):
    sections = subprocess.run(["readelf", "-SW", library], capture_output=True, text=True, check=True)
    return ".debug_info" in sections.stdout


def dump(library, path):
    subprocess.run(["abidw", "--no-show-locs", "--no-comp-dir-path", "--no-corpus-path", "--no-elf-needed",
                    "--exported-interfaces-only", "--suppressions", OPAQUE, "--out-file", path, library],
                   check=True)


def growing_structs():
    return re.search(r"\^\((.*)\)\$", open(GROW).read()).group(1).split("|")


def compare(old, new):
    """old: an .abi file, new: a library."""
    run = subprocess.run(["abidiff", "--exported-interfaces-only", "--suppressions", OPAQUE,
                          "--suppressions", GROW, old, new], capture_output=True, text=True)
    with tempfile.NamedTemporaryFile(suffix=".abi") as now:
        dump(new, now.name)
        moves = list(layout.moved(old, now.name, growing_structs()))
    return run.returncode or len(moves), "\n".join([run.stdout + run.stderr] + moves)


def check(libraries):
    wrong = 0
    for library in libraries:
        if not os.path.exists(baseline(library)):
            skip(f"no baseline for {platform.machine()} in test/abi/baseline")
        if not has_debug_info(library):
            skip(f"{library} has no debug information: build it with -g")
        code, text = compare(baseline(library), library)
        print(text if code else f"{os.path.basename(library)} keeps the ABI of its baseline")
        wrong += code != 0
    return wrong


def update(libraries):
    for library in libraries:
        if not has_debug_info(library):
            sys.exit(f"{library} has no debug information: build it with -g")
        dump(library, baseline(library))
        print("wrote", baseline(library))
    return 0


# What is done to the headers: file, text, what takes its place, whether it is legal.
CHANGES = [
    ("fk_vm.h", "} fk_vm_options;", "uint64_t later; } fk_vm_options;", True),
    ("fk_vm.h", "} fk_stats;", "uint64_t later, much_later; } fk_stats;", True),
    ("fk_vm.h", "} fk_error;", "const char *later; } fk_error;", True),
    ("fk_backend.h", "} fk_backend;", "int (*later)(void *state); } fk_backend;", True),
    ("fk_backend.h", "} fk_host;", "int (*later)(fk_vm *vm); } fk_host;", True),
    ("fk_vm.h", "    const char *script;", "    uint64_t between; const char *script;", False),
    ("fk_vm.h", "    uint32_t open_timeout; ", "    uint64_t open_timeout; ", False),
    ("fk_vm.h", "    uint64_t calls;          /*", "    uint64_t before, calls;          /*", False),
    ("fk_vm.h", "    uint32_t reserved[3];\n} fk_method;", "    uint32_t reserved[4];\n} fk_method;", False),
    ("fk_vm.h", "    FK_LEVEL_DEBUG = 1,", "    FK_LEVEL_DEBUG = 7,", False),
    ("fk_backend.h", "    int (*fd)(void *state);", "    int (*more)(void *state); int (*fd)(void *state);", False),
    ("fk_backend.h", "    int32_t code;\n    int32_t exit_status;", "    int32_t exit_status;\n    int32_t code;", False),
    ("fk_value.h", "    uint32_t kind; /*", "    uint16_t type; /*", False),
    ("fk_value.h", "    FK_BUSY, ", "    FK_EXTRA, FK_BUSY, ", False),
]


def build(folder, compiler):
    library = os.path.join(folder, "surface.so")
    run = subprocess.run(shlex.split(compiler) + ["-g", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden",
                         "-I", folder, os.path.join(HERE, "surface.c"), "-o", library],
                         capture_output=True, text=True)
    return library if run.returncode == 0 else sys.exit(run.stderr)


def changed(include, change):
    folder = tempfile.mkdtemp()
    for name in os.listdir(include):
        if not name.endswith(".h"):
            continue
        text = open(os.path.join(include, name)).read()
        text = re.sub(r"static_assert\(.*\);|_Static_assert\(.*\);", "", text)
        if change and change[0] == name:
            if change[1] not in text:
                sys.exit(f"selftest: '{change[1]}' is not in {name} any more")
            text = text.replace(change[1], change[2], 1)
        open(os.path.join(folder, name), "w").write(text)
    return folder


def selftest(include, compiler):
    wrong = 0
    plain = changed(include, None)
    old = os.path.join(plain, "surface.abi")
    dump(build(plain, compiler), old)
    for change in CHANGES:
        folder = changed(include, change)
        code, text = compare(old, build(folder, compiler))
        shutil.rmtree(folder)
        if (code == 0) != change[3]:
            wrong += 1
            print(f"{change[0]}: '{change[2]}' should be {'accepted' if change[3] else 'refused'}\n{text}")
    shutil.rmtree(plain)
    print(f"{len(CHANGES)} changes of the headers, {wrong} judged wrongly")
    return wrong


def main():
    mode, *arguments = sys.argv[1:]
    if not shutil.which("abidw") or not shutil.which("abidiff"):
        skip("abidw and abidiff are missing (package abigail-tools)")
    if mode == "selftest":
        return selftest(*arguments)
    return {"check": check, "update": update}[mode](arguments)


if __name__ == "__main__":
    sys.exit(main())
