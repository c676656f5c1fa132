// SPDX-License-Identifier: MIT
// Runs a fuzz target once over every file of the folders named as arguments: any compiler, no
// libFuzzer.
#include "target.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string current;

bool run(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (!file) return false;
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
    return true;
}

void name_input(int) { std::fprintf(stderr, "the input was %s\n", current.c_str()); }

} // namespace

int main(int argc, char **argv) {
    std::signal(SIGABRT, name_input);
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        for (const auto &entry : std::filesystem::directory_iterator(argv[i])) {
            current = entry.path().string();
            if (!run(entry.path()))
                return std::fprintf(stderr, "cannot read %s\n", current.c_str()), 1;
            count++;
        }
    std::printf("%zu inputs\n", count);
    return count ? 0 : 1;
}
