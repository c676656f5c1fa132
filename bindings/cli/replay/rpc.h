// SPDX-License-Identifier: MIT
// One JSON-RPC 2.0 message of a trace, in its parts.
#pragma once

#include "vm.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

struct Rpc {
    enum Kind { Request, Notification, Result, Error };

    Kind kind = Notification;
    int64_t id = 0; // 0: none, or null in an error
    std::string_view method;
    fk_value params{};     // FK_ARRAY, FK_OBJECT, or FK_NULL for none
    fk_value value{};      // the result, or the error's data
    int64_t code = 0;      // of an error
    std::string_view text; // likewise
    Value whole;           // which all others point into

    bool is_answer() const { return kind == Result || kind == Error; }
};

// False: no message of docs/protocol.md, and problem says why. The thread's fk_error_last() is
// another one then.
bool read_rpc(std::string_view text, Rpc &rpc, std::string &problem);

} // namespace cli
