#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A Qt program that knows `pkg-config fkvm-qt` alone is built from a tree that was moved, in C++17 and C++20, and runs.

usage: test_qt.py BUILD
"""
import os
import re
import shlex
import sys

from moved import Moved

PROGRAM = """
#include <fkqt.h>
#include <QCoreApplication>
#include <cstdio>

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    FkVm vm;
    int sum = 0;
    vm.bind("add", [&](fk::Each<int> numbers) { for (int n : numbers) sum += n; });
    if (!vm.open(argv[1])) return puts(qPrintable(FkVm::errorText())), 1;
    vm.call("work");
    fk_stats stats = FK_STATS_INIT; // of libfkvm itself
    fk_vm_stats(vm.handle(), &stats);
    printf("%s: %d\\n", stats.backend, sum);
}
"""
SCRIPT = "function work() for i = 1, 4 do fk.notify('add', i) end end\n"


def told(moved, config, folder):
    """The files of pkg-config say where they were installed; copies of them that know where the tree is now."""
    for name in "fkvm.pc", "fkvm-qt.pc":
        with open(os.path.join(config, name), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(re.sub("^prefix=.*", "prefix=" + moved.prefix, text, flags=re.M))
    return folder


def main():
    moved = Moved(sys.argv[1], "qt")
    config = os.path.join(moved.lib, "pkgconfig")
    if not os.path.exists(os.path.join(config, "fkvm-qt.pc")):
        print("skipped: this build has no fkvm-qt, -Dqt=enabled makes it")
        return 77
    folder = os.path.dirname(moved.prefix)
    for name, text in ("program.cpp", PROGRAM), ("work.lua", SCRIPT):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    flags = shlex.split(moved.run("pkg-config", "--cflags", "--libs", "fkvm-qt", PKG_CONFIG_PATH=told(moved, config, folder)))
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    for standard in "c++17", "c++20":
        program = os.path.join(folder, standard)
        moved.run(*compiler, "-std=" + standard, os.path.join(folder, "program.cpp"), "-o", program, *flags)
        for backend in moved.tree.backends("shared"):
            said = moved.run(program, os.path.join(folder, "work.lua"), FK_VM_BACKEND=backend, LD_LIBRARY_PATH=moved.lib)
            if said != f"{backend}: 10\n":
                sys.exit(f"{program} said {said}")
    print("fkvm-qt.pc suffices")
    return 0


if __name__ == "__main__":
    sys.exit(main())
