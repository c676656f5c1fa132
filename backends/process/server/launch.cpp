// SPDX-License-Identifier: MIT
#include "launch.h"

#include "command.h"
#include "process/template_protocol.h"
#include "spawn.h"

#include <cerrno>
#include <cstring>

namespace fkvm {

int Launch::operator()(ChildProcess *child, bool *from_template) const {
    const bool none =
        !is_host || options.flags & FK_OPEN_NO_TEMPLATE || options.sandbox == FK_SANDBOX_TRUSTED;
    const TemplateUse use = none ? TemplateUse::Never : template_use();
    for (int tries = 0; tries < 2 && use != TemplateUse::Never; tries++) {
        const auto source = templates->find(command, tries ? TemplateUse::FromFirst : use);
        if (!source) break;
        const int error = source->copy(child, command.limits, until);
        const std::string said = source->take_words();
        if (!said.empty()) words(said);
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
    if (const int error = is_host ? 0 : child->make_lifeline()) return error;
    pid_t pid = 0;
    int pidfd = -1;
    const int error = spawn(limited, child->streams(), &pid, &pidfd);
    child->take(pid, pidfd);
    child->drop_streams();
    return error;
}

std::string Launch::problem(int error, fk_status *status) const {
    if (error == ETIMEDOUT) {
        *status = FK_TIMEOUT;
        return "the child '" + command.file + "' did not load its script within its limit of " +
               std::to_string(options.open_timeout) + " ms (open_timeout) and was killed";
    }
    *status = error == ENOMEM ? FK_NO_MEMORY : FK_OPEN_FAILED;
    const bool relative = command.file.starts_with('.');
    return "cannot start '" + command.file + "'" +
           (relative ? " in the directory '" + command.directory + "'" : std::string()) + ": " +
           std::strerror(error);
}

} // namespace fkvm
