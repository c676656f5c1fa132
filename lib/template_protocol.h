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

// The copy itself answers, so that the kernel tells who it is (SO_PASSCRED), and an answer that does not come
// while the socket is open is one that will come. Where there is no copy the template answers.
struct TemplateAnswer {
    int32_t error; // 0, template_outdated, template_useless, or the errno of what failed
};

constexpr int template_outdated = ESTALE;   // a file that loading depended on has changed; the template ends
constexpr int template_useless = ENOTSUP;   // this script cannot be loaded once for all; the template ends

} // namespace fk
