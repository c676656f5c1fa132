// SPDX-License-Identifier: MIT
// What a server and a template say to each other, over a socketpair of SOCK_SEQPACKET. Both ends are of the same
// build; docs/protocol.md knows nothing of it.
#pragma once

#include <cerrno>
#include <cstdint>

namespace fk {

// The server asks for one copy: this, with the three descriptors that become its streams: in, out, err.
struct TemplateRequest {
    uint32_t version = 1;
};

// Two answers come, in any order; the kernel tells who sends (SO_PASSCRED), and while the socket is open one that is missing
// will come. The copy says that it is there. The template, which meanwhile looks at the files, says whether the copy counts.
struct TemplateAnswer {
    int32_t error; // 0, or an errno; from the template: template_outdated, or another: there is no copy
};

constexpr int template_outdated = ESTALE; // a file that loading depended on has changed; the template ends
constexpr int template_useless = ENOTSUP; // this script cannot be loaded once for all; the template ends

} // namespace fk
