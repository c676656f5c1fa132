// SPDX-License-Identifier: MIT
// What this process holds, from /proc.
#include "holdings.h"

#include "clocks.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace cli {

namespace {

namespace fs = std::filesystem;

bool is_zombie(int64_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    const size_t name = text.rfind(')'); // which may have any characters
    return name != std::string::npos && text.compare(name, 3, ") Z") == 0;
}

} // namespace

Holdings holdings() {
    Holdings now;
    now.resident = memory_of(0).resident;
    now.descriptors = open_files();
    std::error_code ignored;
    for (const auto &thread : fs::directory_iterator("/proc/self/task", ignored)) {
        now.threads++;
        std::ifstream children(thread.path() / "children");
        for (int64_t pid; children >> pid; now.children++) now.zombies += is_zombie(pid);
    }
    return now;
}

} // namespace cli
