// SPDX-License-Identifier: MIT
// The strict JSON of the wire, straight between text and values. Tags ($bytes, $int, $float,
// $object) keep what JSON alone cannot: see docs/protocol.md.
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "fk_value.h"

#include <cstdint>
#include <string_view>

namespace fkvm {

// How strings stand that are no plain text: as {"$bytes":...}, or as their bytes between quotes, which
// is no JSON, but what writers and readers do that know no UTF-8.
enum class Strings { Tagged, Raw };

// Appends value as one line without its end. False: out of memory. value has been checked.
bool write_json(Buffer &out, const fk_value &value, Strings strings = Strings::Tagged) noexcept;
bool write_json_string(Buffer &out, std::string_view text,
                       Strings strings = Strings::Tagged) noexcept;

struct JsonLimits {
    uint32_t depth = FK_MAX_DEPTH; // of the value; envelopes and $object wrappers are not counted
    uint32_t nodes = 8u << 20;     // values in one text
    uint32_t values = UINT32_MAX;  // items and members of a message, beside the params themselves
    Strings strings = Strings::Tagged;
};

struct JsonError {
    size_t offset = 0;          // in bytes
    const char *what = nullptr; // static text, e.g. "a string ends in the middle of an escape"
    bool out_of_memory = false;
};

// Reads exactly one value, spaces around it allowed. Strings without escapes are views into text,
// which must live as long as value; all else is in arena. Never recurses deeper than limits.depth.
bool read_json(std::string_view text, Arena &arena, const JsonLimits &limits, fk_value *value,
               JsonError *error) noexcept;

} // namespace fkvm
