// SPDX-License-Identifier: MIT
// What fkvm doctor looks at. Each check is a sentence about one thing, and what to do where it is
// not well.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace cli {

enum class Verdict { Good, Warning, Bad };

struct Check {
    std::string name;
    Verdict verdict;
    std::string what;
    std::string advice = {}; // empty: nothing to do
};
using Checks = std::vector<Check>;

void check_versions(Checks &checks);
void check_kernel(Checks &checks);
void check_environment(Checks &checks);

// Opens a small VM on each backend. How many open files one of them takes at most.
size_t check_backends(Checks &checks);
void check_limits(Checks &checks, size_t files_each);

} // namespace cli
