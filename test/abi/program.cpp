// SPDX-License-Identifier: MIT
// program.c for users of fk/vm.hpp.
#include <fk/vm.hpp>

#include <cstdio>

int main(int argc, char **argv) try {
    fk::Vm vm;
    vm.bind("greet", [] { return "hello"; });
    vm.open({.script = argc > 1 ? argv[1] : "program.lua"});
    using Result = std::tuple<int, std::string, std::string>;
    const bool right =
        vm.call<Result>("ResumeRoom", 7, "delay_done") == Result{7, "delay_done", "hello"};
    std::printf("fkvm %s, backend %s : %s\n", fk_version(), vm.stats().backend,
                right ? "right" : "wrong");
    return !right;
} catch (const fk::Error &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
