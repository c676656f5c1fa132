#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""find_package(fkvm) in a tree that was moved: a program of each target is built and runs.

usage: test_cmake.py BUILD
"""
import os
import re
import shutil
import sys

from moved import SOURCE, Moved

PROJECT = """
cmake_minimum_required(VERSION 3.16)
project(stranger C)
set(CMAKE_C_STANDARD 11)
find_package(fkvm {version} REQUIRED)
foreach(kind fkvm static)
  add_executable(with-${{kind}} {source}/test/abi/program.c)
  target_link_libraries(with-${{kind}} PRIVATE fkvm::${{kind}})
endforeach()
"""


def configure(moved, folder, version):
    os.makedirs(folder)
    with open(os.path.join(folder, "CMakeLists.txt"), "w") as file:
        file.write(PROJECT.format(version=version, source=SOURCE))
    return ["cmake", "-S", folder, "-B", os.path.join(folder, "build"), f"-DCMAKE_PREFIX_PATH={moved.prefix}"]


def main():
    if not shutil.which("cmake"):
        print("cmake is not here: apt-get install cmake")
        return 77
    moved = Moved(sys.argv[1], "cmake")
    folder = os.path.join(os.path.dirname(moved.prefix), "stranger")
    moved.run(*configure(moved, folder, "0.1"))
    moved.run("cmake", "--build", os.path.join(folder, "build"))
    for kind in "fkvm", "static":
        said = moved.run(os.path.join(folder, "build", "with-" + kind), os.path.join(SOURCE, "test/abi/program.lua"))
        if " embedded " not in said:
            sys.exit(f"with-{kind} said {said}")
    for version in "99", "0.99":
        command = " ".join(configure(moved, folder + version, version))
        said = moved.run("sh", "-c", f"{command} 2>&1; true")
        if not re.search(r"compatible\s+with\s+requested\s+version", said):
            sys.exit(f"version {version} was not refused: {said}")
    print("find_package(fkvm) gives fkvm::fkvm and fkvm::static")
    return 0


if __name__ == "__main__":
    sys.exit(main())
