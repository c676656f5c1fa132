// SPDX-License-Identifier: MIT
// Where two values differ, in words.
#pragma once

#include "fk_value.h"

#include <string>

namespace cli {

// A value as JSON, cut to a length for people.
std::string shortened(const fk_value &value, size_t longest = 200);

struct Difference {
    std::string path; // params[2].hp; empty: there is none
    std::string expected, got;

    explicit operator bool() const { return !path.empty(); }
};

// The first place where they differ. The order of members is none: fk_value_equal.
Difference find_difference(const fk_value &expected, const fk_value &got, const char *root);

} // namespace cli
