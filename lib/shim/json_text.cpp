// SPDX-License-Identifier: MIT
// JSON of the wire as texts that callers own.
#include "json_text.h"

#include "error.h"
#include "wire/json.h"

#include <cstdlib>
#include <cstring>

namespace fkvm {
namespace {

constexpr size_t kept = 64 << 10;

// Nothing of the caller's runs while a text is written.
thread_local Buffer out;

} // namespace

bool parse_json(std::string_view what, std::string_view text, Arena &arena, fk_value *value) {
    JsonError error;
    if (read_json(text, arena, JsonLimits{}, value, &error)) return true;
    if (error.out_of_memory) {
        fail(FK_NO_MEMORY, "out of memory while JSON was read");
        return false;
    }
    fail(FK_BAD_VALUE, std::string(what) + ": not JSON as fkvm has it: at byte " +
                           std::to_string(error.offset) + ": " + error.what);
    return false;
}

char *json_text(const fk_value &value, size_t *size) {
    out.clear();
    if (!write_json(out, value)) throw std::bad_alloc();
    auto *text = static_cast<char *>(std::malloc(out.size() + 1));
    if (!text) throw std::bad_alloc();
    std::memcpy(text, out.data(), out.size());
    text[out.size()] = '\0';
    if (size) *size = out.size();
    out.shrink(kept);
    return text;
}

} // namespace fkvm
