// SPDX-License-Identifier: MIT
#include "launch.h"

#include "command.h"
#include "process/template_protocol.h"
#include "spawn.h"

#include <cerrno>

namespace fkvm {

int Launch::operator()(ChildProcess *child, bool *from_template) const {
    const fk_vm_options &options = *known.options;
    const bool none = !known.is_host || options.flags & FK_OPEN_NO_TEMPLATE ||
                      options.sandbox == FK_SANDBOX_TRUSTED;
    const TemplateUse use = none ? TemplateUse::Never : template_use();
    for (int tries = 0; tries < 2 && use != TemplateUse::Never; tries++) {
        const auto source = templates->find(command, tries ? TemplateUse::FromFirst : use);
        if (!source) break;
        const int error = source->copy(child, command.limits, until);
        const std::string said = source->take_words();
        words.take(said.data(), said.size());
        *from_template = error == 0;
        if (error == 0 || error == ETIMEDOUT) return error;
        if (error != template_outdated) break;
    }
    return anew(child);
}

int Launch::anew(ChildProcess *child) const {
    ChildCommand limited = command; // a template's copies get theirs late
    add_limits(&limited);
    if (const int error = child->make_pipes()) return error;
    if (const int error = known.is_host ? 0 : child->make_lifeline()) return error;
    pid_t pid = 0;
    int pidfd = -1;
    const int error = spawn(limited, child->streams(), &pid, &pidfd);
    child->take(pid, pidfd);
    child->drop_streams();
    return error;
}

} // namespace fkvm
