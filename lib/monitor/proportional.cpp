// SPDX-License-Identifier: MIT
#include "proportional.h"

#include "base/files.h"

#include <cstdio>

namespace fkvm {

uint64_t proportional_bytes(int64_t pid) noexcept {
    char path[64], line[128];
    std::snprintf(path, sizeof path, "/proc/%lld/smaps_rollup", static_cast<long long>(pid));
    std::FILE *file = open_file(path, "r");
    if (!file) return 0;
    unsigned long long kilobytes = 0;
    bool is_found = false;
    while (!is_found && std::fgets(line, sizeof line, file))
        is_found = std::sscanf(line, "Pss: %llu", &kilobytes) == 1;
    std::fclose(file);
    return is_found ? kilobytes * 1024 : 0;
}

} // namespace fkvm
