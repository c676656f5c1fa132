// SPDX-License-Identifier: MIT
// A small CBOR encoder (RFC 8949): what a room's settings need.
#pragma once

#include "fk_value.h"

#include <string>

namespace cli {

// value in CBOR; strings become text strings, integers and lengths take their shortest form.
std::string cbor(const fk_value &value);

} // namespace cli
