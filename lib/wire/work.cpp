// SPDX-License-Identifier: MIT
#include "work.h"

namespace fkvm {
namespace {

std::string limit_of(Work::Kind kind, const fk_vm_options &limits) {
    const auto named = [](uint32_t limit, const char *option) {
        return std::to_string(limit) + " ms (" + option + ")";
    };
    if (kind == Work::Open) return named(limits.open_timeout, "open_timeout");
    if (kind == Work::Close) return named(limits.close_timeout, "close_timeout");
    return named(limits.call_timeout, "call_timeout");
}

} // namespace

std::string name_of(const Work &work) {
    const std::string quoted = work.name ? " '" + std::string(work.name).substr(0, 300) + "'" : "";
    switch (work.kind) {
    case Work::Open:
        return "the loading of the script" + quoted;
    case Work::Call:
        return "the call of" + quoted;
    case Work::Notification:
        return "the notification" + quoted;
    case Work::Close:
        return "the closing of the VM";
    default:
        return "what finalizers do between calls";
    }
}

std::string why_ended(const Work &work, fk_status status, const fk_vm_options &limits) {
    if (status == FK_INTERRUPTED) return name_of(work) + " was ended by fk_vm_interrupt()";
    return name_of(work) + " reached its limit of " + limit_of(work.kind, limits);
}

std::string failure_record(const Work &work, std::string_view message) {
    const std::string name = name_of(work);
    std::string record = message.starts_with(name) ? "" : name + " failed: ";
    return record.append(message).append("\n");
}

} // namespace fkvm
