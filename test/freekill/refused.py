#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server's host method that differs from FreeKill's table does not compile (bindings/freekill/model/checked.h),
and one that does not differ compiles.

usage: refused.py SOURCE_DIR COMPILER...
"""
import pathlib
import subprocess
import sys

HEAD = """#include "model/checked.h"
using namespace fkvm;
struct Server {
    void nothing(int) const {}
    int number(int) const { return 0; }
    void with_request(fk_request *, int) const {}
    void delay(int, double) const {}
    int answered_delay(int, double) const { return 0; }
    void text_delay(int, std::string_view) const {}
    void long_delay(int, double, int) const {}
};
template <MethodName name, auto member>
constexpr size_t size = sizeof(Checked<name, member>);
"""

GOOD = ("size<\"Room_delay\", &Server::delay>", "size<\"Room_getSessionId\", &Server::number>",
        "size<\"ServerPlayer_getSaveState\", &Server::with_request>")
NO_NAME = "has no host method of that name"
OTHER = "another kind or other parameters"
BAD = (("size<\"Room_delays\", &Server::delay>", NO_NAME),
       ("size<\"Room_delay\", &Server::answered_delay>", OTHER),  # a notification is not answered
       ("size<\"Room_getSessionId\", &Server::nothing>", OTHER),  # a request is
       ("size<\"Room_delay\", &Server::text_delay>", OTHER),
       ("size<\"Room_delay\", &Server::nothing>", OTHER),
       ("size<\"Room_delay\", &Server::long_delay>", OTHER),
       ("sizeof(MethodSet<Checked<\"Room_delay\", &Server::delay>>)", "is missing, or there twice"))


def compile_one(compiler, root, expression):
    folders = [f"-I{root / folder}" for folder in ("bindings/freekill", "bindings/cpp", "include")]
    return subprocess.run([*compiler, "-std=c++20", "-fsyntax-only", "-x", "c++", *folders, "-"],
                          input=f"{HEAD}static_assert({expression} > 0);\n", capture_output=True, text=True)


def main():
    root, compiler = pathlib.Path(sys.argv[1]), sys.argv[2:]
    for expression in GOOD:
        done = compile_one(compiler, root, expression)
        assert done.returncode == 0, f"{expression} does not compile:\n{done.stderr}"
    for expression, why in BAD:
        done = compile_one(compiler, root, expression)
        assert done.returncode != 0, f"{expression} compiles"
        assert why in done.stderr, f"{expression} is refused for another reason:\n{done.stderr}"
    print(f"{len(GOOD)} compile, {len(BAD)} are refused")


if __name__ == "__main__":
    main()
