// SPDX-License-Identifier: MIT
// JSON of the wire as texts that callers own.
#pragma once

#include "base/arena.h"
#include "fk_value.h"

#include <string_view>

namespace fkvm {

// Into arena, with views into text. False: a failure has been recorded, FK_BAD_VALUE (what tells
// which text it was) or FK_NO_MEMORY.
bool parse_json(std::string_view what, std::string_view text, Arena &arena, fk_value *value);

// value, which has been checked, as a terminated text for fk_text_free(). Throws std::bad_alloc.
char *json_text(const fk_value &value, size_t *size = nullptr);

} // namespace fkvm
