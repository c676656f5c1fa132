// SPDX-License-Identifier: MIT
// JSON texts for --json, put together piece by piece.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "fk_value.h"

namespace cli {

// The bytes of an FK_STRING.
inline std::string_view view_of(const fk_value &string) { return {string.string, string.size}; }

// A value as the JSON text of the wire.
std::string json_of(const fk_value &value);
std::string json_of(std::string_view text);

// 3 is a number like any other here: JSON has no integers. inf and nan become null.
std::string json_number(double number);

class JsonObject {
  public:
    JsonObject &add(std::string_view name, std::string_view text) {
        return raw(name, json_of(text));
    }
    JsonObject &add(std::string_view name, const char *text) {
        return add(name, std::string_view(text));
    }
    JsonObject &add(std::string_view name, bool yes) { return raw(name, yes ? "true" : "false"); }
    JsonObject &add(std::string_view name, std::integral auto number) {
        return raw(name, std::to_string(number));
    }
    JsonObject &add(std::string_view name, double number) { return raw(name, json_number(number)); }

    // json is a text already: an object, an array, null.
    JsonObject &raw(std::string_view name, std::string_view json);

    std::string text() const { return "{" + members_ + "}"; }

  private:
    std::string members_;
};

class JsonArray {
  public:
    void raw(std::string_view json);
    std::string text() const { return "[" + items_ + "]"; }

  private:
    std::string items_;
};

} // namespace cli
