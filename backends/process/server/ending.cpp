// SPDX-License-Identifier: MIT
// How a VM ends its child, or finds that it has ended.
#include "child_vm.h"

namespace fkvm {
namespace {

constexpr int kill_ms = 20;      // a killed child with a gigabyte takes longer; close waits for it
constexpr int refused_ms = 1000; // for a child that we may not kill to find its input closed

} // namespace

// Its input is closed as well: it may be the one way left to tell it.
void ChildVm::end_child() noexcept {
    child_.kill();
    conversation_ ? conversation_->hang_up() : child_.close_input();
    child_.reap(child_.kill_refused() ? refused_ms : kill_ms);
}

fk_status ChildVm::ended(fk_status status, const char *method) noexcept {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    fk_status told;
    try {
        told = ended_during(status, method);
    } catch (...) {
        end_child();
        told = death_.unsaid(status);
    }
    return death_.tell(told);
}

fk_status ChildVm::ended_during(fk_status status, const char *method) {
    const bool gone = status == FK_VM_DIED && child_.reap(exit_grace_ms);
    end_child();
    words_.drain();
    std::string during = " between calls";
    if (!method && !begun_.empty()) method = method_.c_str();
    if (method)
        during = std::string(" during '") + method + "'";
    else if (!method_.empty())
        during += ", the last of which was '" + method_ + "'";
    const std::string &problem = conversation_->problem();
    const Death::Moments at{!handshake_.is_over(),
                            handshake_.polite(),
                            patience_.reason(),
                            std::move(during),
                            problem.empty() ? handshake_.problem() : problem,
                            conversation_->unusable(),
                            words_.last()};
    if (gone) return death_.found(at);
    return status == FK_VM_DIED ? death_.cut_off(at) : death_.inflicted(status, at);
}

// That the system still ends a killed child is no news; that it will live on is.
fk_status ChildVm::left_alone() {
    const std::string message = death_.who() + " did not end within close_timeout and " +
                                child_.fate() + child_.fate_explained();
    const fk_failure failure{sizeof failure, message.c_str(), nullptr, 0, 0,
                             true,           FK_DEATH_TIMEOUT};
    return known_.host->fail(known_.vm, FK_TIMEOUT, &failure);
}

} // namespace fkvm
