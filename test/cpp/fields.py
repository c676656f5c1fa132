#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every field of fk_vm_options is one of fk::Options and reaches C, every field of fk_error is a function of fk::Error:
from the structs of fk_vm.h a program is made that sets each and looks for it on the other side.

usage: fields.py COMPILER_CXX

With a field planted in either struct of a copy of the headers that program must not compile.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Fields without one of the same name, and why.
FOLDED = {"fk_vm_options": {"size": "always that of the header", "user": "captured by output and finalize",
                            "reserved": "not looked at"},
          "fk_error": {"size": "read by the constructor"}}
NUMBERS = ("uint32_t", "uint64_t", "int32_t", "int", "size_t")


def fields(header, struct):
    """[(type, name), ...]"""
    body = re.search(r"typedef struct " + struct + r" \{(.*?)\n\} " + struct + ";", header, re.S)[1]
    for line in re.sub(r"/\*.*?\*/", "", body, flags=re.S).split(";"):
        line = " ".join(line.split())
        if not line:
            continue
        if function := re.fullmatch(r"(.*)\(\*(\w+)\)(\(.*\))", line):
            yield "function", function[2]
            continue
        kind, names = re.fullmatch(r"(.*?[ *])(\w+(?:, \w+)*)", line).groups()
        for name in names.split(", "):
            yield kind.strip(), name


def option_lines(kind, name, number):
    there = f"view.options.{name}"
    if kind in NUMBERS:
        return f"from.{name} = {number};", f"{there} == {number}"
    if kind == "const char *":
        return f'from.{name} = "{name}";', f'{there} && std::string({there}) == "{name}"'
    if kind == "const char *const *":
        return f'from.{name} = {{"{name}", "x"}};', f'{there} && std::string({there}[0]) == "{name}" && !{there}[2]'
    if kind == "const fk_method *":
        return f'from.{name} = {{{{"{name}", nullptr, nullptr, 0, {{}}}}}};', \
            f'{there} && std::string({there}[0].name) == "{name}" && !{there}[1].name'
    if kind in ("function", "fk_output_fn"):  # fk::Vm fills them in: test_options.cpp
        return f"from.{name} = [](auto &&...) {{}};" if kind != "function" else f"from.{name} = [] {{}};", f"from.{name}"
    sys.exit(f"fk_vm_options.{name} has the type '{kind}': teach fields.py how it crosses")


def error_lines(kind, name, number):
    if name == "message":
        return 'from.message = "message";', 'std::string(error.what()) == "message"'
    if kind == "const char *":
        return f'from.{name} = "{name}";', f'error.{name}() == "{name}"'
    if kind == "bool":
        return f"from.{name} = true;", f"error.{name}()"
    if kind in NUMBERS or kind.startswith("fk_"):
        return f"from.{name} = static_cast<{kind}>({number});", f"error.{name}() == static_cast<{kind}>({number})"
    sys.exit(f"fk_error.{name} has the type '{kind}': teach fields.py how it crosses")


def program(header):
    parts = {}
    for struct, lines in (("fk_vm_options", option_lines), ("fk_error", error_lines)):
        rows = [lines(kind, name, i) for i, (kind, name) in enumerate(fields(header, struct), 1)
                if name not in FOLDED[struct]]
        if len(rows) < 8:
            sys.exit(f"only {len(rows)} fields of {struct} were found in fk_vm.h")
        sets = "\n    ".join(row[0] for row in rows)
        looks = "\n    ".join(f'if (!({row[1]})) return std::puts(R"({row[1]})"), 1;' for row in rows)
        parts[struct] = sets, looks
    return f"""#include <fk/error.hpp>
#include <fk/options.hpp>

#include <cstdio>

static int options() {{
    fk::Options from;
    {parts["fk_vm_options"][0]}
    const fk::detail::OptionsView view(from);
    if (view.options.size != sizeof(fk_vm_options)) return std::puts("size"), 1;
    {parts["fk_vm_options"][1]}
    return 0;
}}

static int errors() {{
    fk_error from{{}};
    from.size = sizeof from;
    {parts["fk_error"][0]}
    const fk::Error error(from);
    {parts["fk_error"][1]}
    fk_error old = from; // of a library without the last field
    old.size = offsetof(fk_error, death);
    return fk::Error(old).death() != FK_DEATH_NONE;
}}

int main() {{ return options() || errors(); }}
"""


def built(compiler, folder, header, run):
    """'' or what the compiler or the program said."""
    for name in os.listdir(os.path.join(SOURCE, "include")):
        if name.endswith(".h"):
            text = open(os.path.join(SOURCE, "include", name)).read()
            open(os.path.join(folder, name), "w").write(header if name == "fk_vm.h" else text)
    path = os.path.join(folder, "fields.cpp")
    open(path, "w").write(program(header))
    command = shlex.split(compiler) + ["-std=c++20", "-Wall", "-Werror", "-I", folder, "-I",
                                       os.path.join(SOURCE, "bindings", "cpp"), path, "-o", path + ".exe"]
    done = subprocess.run(command + ([] if run else ["-fsyntax-only"]), capture_output=True, text=True)
    if done.returncode or not run:
        return done.stderr
    done = subprocess.run([path + ".exe"], capture_output=True, text=True)
    return f"{done.stdout}ended with {done.returncode}" if done.returncode else ""


def main():
    compiler = sys.argv[1]
    header = open(os.path.join(SOURCE, "include", "fk_vm.h")).read()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        if problem := built(compiler, folder, header, True):
            wrong.append(problem)
        for struct in FOLDED:
            planted = header.replace(f"\n}} {struct};", f"\n    uint32_t planted;\n}} {struct};")
            if "planted" not in built(compiler, folder, planted, False):
                wrong.append(f"a field planted in {struct} was not missed in C++")
    print("\n".join(wrong) or "fk::Options and fk::Error have all fields, and a new one would be missed")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
