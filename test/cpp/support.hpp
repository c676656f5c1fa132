// SPDX-License-Identifier: MIT
// What the tests of fk/vm.hpp share: VMs on the backend that FK_VM_BACKEND names, errors and texts
// to expect.
#pragma once

#include <fk/vm.hpp>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
}

inline fk::Options script() { return {.script = FK_TEST_SCRIPT}; }

// The fk::Error that function throws. What is thrown must be caught before CMocka leaves by
// longjmp.
template <class F>
fk::Error failure(F function) {
    try {
        function();
    } catch (const fk::Error &error) {
        return error;
    }
    fail_msg("no fk::Error was thrown");
    return {FK_OK, "", false};
}

inline void expect_text(const std::string &text, const char *part) {
    if (text.find(part) == std::string::npos) fail_msg("'%s' is not in: %s", part, text.c_str());
}

struct Card {
    std::string suit;
    int8_t number = 0;
    std::optional<std::string> skill;
    bool operator==(const Card &) const = default;
};

template <>
struct fk::Convert<Card> : fk::ByFields<Card> {
    static constexpr std::string_view name = "a card";
    static constexpr std::tuple fields{fk::Field{"suit", &Card::suit},
                                       fk::Field{"number", &Card::number},
                                       fk::Field{"skill", &Card::skill}};
};
