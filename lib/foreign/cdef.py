#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The declarations of the public headers without anything of a preprocessor, for the readers of
LuaJIT's FFI, Python's cffi and their like.

usage: cdef.py OUTPUT "CC ARGS" HEADER...
"""
import pathlib
import re
import subprocess
import sys

NUMBER = re.compile(r"^#define (FK_\w+) (\(-\d+\)|\d+u?|UINT32_MAX)(?:\s|$)", re.M)
ABOUT = "/* What fkvm {version} exports, for FFIs: libfkvm.so.1. See fk_vm.h, fk_foreign.h. */\n"


def declarations(compiler, header):
    """What the header itself says, preprocessed."""
    no_stdbool = ["-D_STDBOOL_H", "-D__STDBOOL_H"]  # so that bool stays a word
    text = subprocess.run([*compiler.split(), "-E", "-DFK_API=", *no_stdbool, "-x", "c", header],
                          check=True, capture_output=True, text=True).stdout
    kept, ours = [], False
    for line in text.splitlines():
        marker = re.match(r'# \d+ "(.*?)"', line)
        if marker:
            ours = pathlib.Path(marker[1]).name == pathlib.Path(header).name
        elif ours and line.strip():
            kept.append(line)
    text = "\n".join(kept)
    text = re.sub(r"^static inline .*?^}\n?", "", text, flags=re.S | re.M)
    text = re.sub(r"^_Static_assert\(.*?\);\n?", "", text, flags=re.S | re.M)
    text = re.sub(r",\n\s+(?=[^\n]*\);)", ", ", text)
    return re.sub(r"^ +(?=\S+.*\()", "", text, flags=re.M)  # where FK_API stood


def constants(header):
    """Macros that are numbers, each as an enum: every reader knows those."""
    found = NUMBER.findall(pathlib.Path(header).read_text())
    return "\n".join(
        f"enum {{ {name} = {value.strip('()').rstrip('u').replace('UINT32_MAX', '4294967295')} }};"
        for name, value in found)


def version_of(headers):
    numbers = re.findall(r"#define FK_VERSION_\w+ (\d+)",
                         "".join(pathlib.Path(header).read_text() for header in headers))
    return ".".join(numbers)


def main():
    output, compiler, *headers = sys.argv[1:]
    parts = [ABOUT.format(version=version_of(headers))]
    for header in headers:
        parts += [constants(header), declarations(compiler, header)]
    pathlib.Path(output).write_text("\n".join(part for part in parts if part) + "\n")


if __name__ == "__main__":
    main()
