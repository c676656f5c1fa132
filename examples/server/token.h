// SPDX-License-Identifier: MIT
// Secrets: made, read from a file, compared.
#pragma once

#include <string>
#include <string_view>

namespace server {

std::string new_secret(); // 64 digits, from the system's random numbers

// The first line of the file. One that is not there is made, with a new secret, for its owner alone.
// Throws std::runtime_error with a sentence if others may read it, or if it holds no token.
std::string token_in(const std::string &file);

// In the same time wherever they differ.
bool same_secret(std::string_view one, std::string_view other);

} // namespace server
