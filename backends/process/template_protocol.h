// SPDX-License-Identifier: MIT
// What a server and a template say to each other, over a socketpair of SOCK_SEQPACKET. Both ends
// are of the same build; docs/protocol.md knows nothing of it.
#pragma once

#include <cerrno>
#include <cstdint>

namespace fkvm {

// With three descriptors the server asks for one copy, whose streams they become: in, out, err.
// With none it asks whether the files that were loaded are as they were.
struct TemplateRequest {
    uint32_t version = 2;
};

// A request for a copy is answered by the copy, who says that it is there (the kernel tells who it
// is: SO_PASSCRED), or else by the template, with an errno. A question is answered by the template.
// Answers to several requests come in any order.
struct TemplateAnswer {
    int32_t error; // 0; an errno; from the template template_outdated or template_useless: it ends
};

constexpr int template_outdated = ESTALE; // a file that loading depended on has changed
constexpr int template_useless = ENOTSUP; // this script cannot be loaded once for all

// A copy waits for this on its input before it becomes a VM: it may have been made ahead of time,
// as a spare, for a VM of any limits (ms; UINT32_MAX: none).
struct TemplateGo {
    uint32_t open_timeout, call_timeout, close_timeout;
};

} // namespace fkvm
