// SPDX-License-Identifier: MIT
// CMocka for C++, and short ways to write values as JSON text.
#pragma once

#include "wire/json.h"
#include "wire/value.h"

#include <string>
#include <string_view>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
}

inline std::string text_of_json(const fk_value &value) {
    fkvm::Buffer out;
    assert_true(fkvm::write_json(out, value));
    return std::string(out.view());
}

inline void expect_text(std::string_view got, std::string_view wanted) {
    if (got != wanted)
        fail_msg("wanted '%.*s', got '%.*s'", static_cast<int>(wanted.size()), wanted.data(),
                 static_cast<int>(got.size()), got.data());
}
