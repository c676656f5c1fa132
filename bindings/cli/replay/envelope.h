// SPDX-License-Identifier: MIT
// How a line of a trace begins: whose it is, when it was written, and what it holds.
#pragma once

#include <cstdint>
#include <string_view>

namespace cli {

struct Envelope {
    int64_t pid = 0, vm = 0, ns = 0; // the server's process, the VM's number there, since its open
    bool to_vm = false;              // of a message
    bool is_state = false;           // no message: what the VM holds and has cost
    std::string_view text;           // the message or the state, a JSON object
};

// False: no line of a trace, or one that is cut. Of text only the ends have been looked at.
bool read_envelope(std::string_view line, Envelope &envelope);

} // namespace cli
