#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each public header alone is C11 and C++17 without a warning, and so are its macros in use.

usage: headers.py INCLUDE_DIR COMPILER_C COMPILER_CXX
"""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
DIALECTS = {"c": ["-std=c11"], "c++": ["-std=c++17"]}
USE_VALUES = """
    const fk_value params[] = {FK_NIL, FK_BOOL(true), FK_INT(-7), FK_DOUBLE(0.5), FK_STR("text"), FK_BYTES("a\\0b", 3)};
    const fk_value list = FK_ARRAY(params);
    const fk_member members[] = {{FK_STR("list"), list}};
    const fk_value object = FK_OBJECT(members);
    if (list.kind != FK_ARRAY || object.kind != FK_OBJECT || list.size != 6) return 1;
"""
USE_VM = """
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    fk_stats stats = FK_STATS_INIT;
    if (options.size != sizeof options || stats.size != sizeof stats) return 1;
"""


def sources(header):
    yield f'#include "{header}"\n'
    yield f'#include "{header}"\n#include "{header}"\n'
    use = USE_VALUES + ("" if header == "fk_value.h" else USE_VM)
    yield f'#include "{header}"\nint main(void) {{\n{use}    return 0;\n}}\n'


def compiles(compiler, language, include, source):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "alone." + {"c": "c", "c++": "cpp"}[language])
        open(path, "w").write(source)
        command = compiler + DIALECTS[language] + STRICT + ["-I", include, path]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode:
            print(shlex.join(command), source, run.stderr, sep="\n")
        return run.returncode == 0


def compilers(c, cxx):
    found = [("c", shlex.split(c)), ("c++", shlex.split(cxx))]
    found += [(language, [name]) for language, name in
              (("c", "gcc"), ("c", "clang"), ("c++", "g++"), ("c++", "clang++")) if shutil.which(name)]
    return found


def main():
    include, c, cxx = sys.argv[1:]
    headers = sorted(name for name in os.listdir(include) if name.endswith(".h"))
    good = bad = 0
    for language, compiler in compilers(c, cxx):
        for header in headers:
            for source in sources(header):
                if compiles(compiler, language, include, source):
                    good += 1
                else:
                    bad += 1
    print(f"{len(headers)} headers, {good} compilations without a warning, {bad} with one")
    return bad or not good


if __name__ == "__main__":
    sys.exit(main())
