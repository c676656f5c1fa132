// SPDX-License-Identifier: MIT
// Which bytes are text.
#pragma once

#include <string>
#include <string_view>

namespace fkvm {

// True for UTF-8 as RFC 3629 has it (no surrogates, nothing overlong). NUL is allowed.
bool is_utf8(std::string_view text) noexcept;
// ... and without NUL: what a plain JSON string or a member name may be.
bool is_plain_text(std::string_view text) noexcept;

// Such a text of any bytes: each that is none becomes U+FFFD. For messages.
std::string plain_text(std::string_view bytes);

} // namespace fkvm
