// SPDX-License-Identifier: MIT
// Base64 of RFC 4648, with padding, canonical only.
#pragma once

#include <cstddef>
#include <string_view>

namespace fkvm {

constexpr size_t base64_size(size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }
void base64_encode(std::string_view bytes, char *out) noexcept; // base64_size() of them

// Decodes into out, which has room for text.size() / 4 * 3. False: not canonical base64.
bool base64_decode(std::string_view text, char *out, size_t *size) noexcept;

} // namespace fkvm
