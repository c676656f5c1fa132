// SPDX-License-Identifier: MIT
// JSON texts for --json; strings are written by the library.
#include "json.h"

#include <cmath>
#include <cstdio>

namespace cli {

std::string json_of(const fk_value &value) {
    char *text = nullptr;
    size_t size = 0;
    if (fk_value_to_json(&value, &text, &size) != FK_OK) return "null";
    std::string json(text, size);
    fk_text_free(text);
    return json;
}

std::string json_of(std::string_view text) { return json_of(FK_BYTES(text.data(), text.size())); }

std::string json_number(double number) {
    if (!std::isfinite(number)) return "null";
    char text[64];
    snprintf(text, sizeof text, "%.6g", number);
    return text;
}

JsonObject &JsonObject::raw(std::string_view name, std::string_view json) {
    if (!members_.empty()) members_ += ",";
    members_ += json_of(name);
    members_ += ":";
    members_ += json;
    return *this;
}

void JsonArray::raw(std::string_view json) {
    if (!items_.empty()) items_ += ",";
    items_ += json;
}

} // namespace cli
