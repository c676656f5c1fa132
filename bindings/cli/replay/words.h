// SPDX-License-Identifier: MIT
// Messages of a replay in words: "the call Room_delay [1,500]".
#pragma once

#include "trace_file.h"

namespace cli {

// How a call ended, kept since reading the trace changes fk_error_last(). Made right after the
// call.
struct Ending {
    explicit Ending(fk_status status, const fk_value *result = nullptr)
        : status(status), message(status == FK_OK ? "" : fk_error_last()->message), result(result) {
    }

    fk_status status;
    std::string message;
    const fk_value *result; // NULL: null
};

std::string words_of(const Message &message);
std::string words_of(const char *kind, std::string_view method,
                     const fk_value &params); // kind: call, notification
std::string words_of(const Ending &ending);

// Of a recorded error: the name of its status, "" if the trace does not say.
std::string_view status_of(const Message &error);

} // namespace cli
