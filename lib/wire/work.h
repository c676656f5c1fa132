// SPDX-License-Identifier: MIT
// What runs in a VM, and the sentences that say how it ended: the same at both ends of a pipe.
#pragma once

#include "fk_vm.h"

#include <string>
#include <string_view>

namespace fkvm {

struct Work {
    enum Kind : uint8_t { Open, Call, Notification, Idle, Close };
    Kind kind = Call;
    const char *name = nullptr; // of the method, or the script; NULL: none
};

// "the call of 'f'", "the loading of the script 'a.lua'", "what finalizers do between calls"
std::string name_of(const Work &work);

// After FK_TIMEOUT or FK_INTERRUPTED: "the call of 'f' reached its limit of 200 ms (call_timeout)".
std::string why_ended(const Work &work, fk_status status, const fk_vm_options &limits);

// The record of a notification, or of finalizers, that failed: nobody waits for them. Ends its
// line.
std::string failure_record(const Work &work, std::string_view message);

} // namespace fkvm
