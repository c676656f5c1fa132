// SPDX-License-Identifier: MIT
// Messages of a replay in words: "the call Room_delay [1,500]".
#pragma once

#include "trace_file.h"

namespace cli {

std::string words_of(const Message &message);
std::string words_of(const char *kind, std::string_view method, const fk_value &params); // kind: call, notification
std::string words_of_outcome(fk_status status, const fk_value *result);                   // of the call made last

// Of a recorded error: the name of its status, "" if the trace does not say.
std::string_view status_of(const Message &error);

} // namespace cli
