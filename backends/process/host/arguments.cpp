// SPDX-License-Identifier: MIT
#include "arguments.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace fk {
namespace {

const char *value_of(const char *argument, const char *name) {
    const size_t size = std::strlen(name);
    return std::strncmp(argument, name, size) == 0 && argument[size] == '=' ? argument + size + 1 : nullptr;
}

} // namespace

bool HostArguments::parse(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (const char *v = value_of(argv[i], "--memory-limit"))
            options.memory_limit = std::strtoull(v, nullptr, 10);
        else if (const char *v = value_of(argv[i], "--sandbox"))
            options.sandbox = static_cast<uint32_t>(std::strtoul(v, nullptr, 10));
        else if (const char *v = value_of(argv[i], "--max-message"))
            options.max_message = static_cast<uint32_t>(std::strtoul(v, nullptr, 10));
        else if (const char *v = value_of(argv[i], "--preload"))
            preload.push_back(v);
        else if (std::strncmp(argv[i], "--", 2) == 0)
            return std::fprintf(stderr, "fkvm-host: unknown argument %s: libfkvm and fkvm-host are of different versions\n", argv[i]), false;
        else
            options.script = argv[i];
    }
    if (!options.script) {
        std::fputs("fkvm-host: the child of fkvm's process backend; it is started by fk_vm_open(), not by hand\n", stderr);
        return false;
    }
    preload.push_back(nullptr);
    options.preload = preload.data();
    return true;
}

} // namespace fk
