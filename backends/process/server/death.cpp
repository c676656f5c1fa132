// SPDX-License-Identifier: MIT
#include "death.h"

#include "confine.h"
#include "process/exit_codes.h"

#include <csignal>

namespace fkvm {
namespace {

fk_death cause_of(fk_status status) noexcept {
    switch (status) {
    case FK_TIMEOUT:
        return FK_DEATH_TIMEOUT;
    case FK_INTERRUPTED:
        return FK_DEATH_INTERRUPT;
    case FK_MEMORY_LIMIT:
        return FK_DEATH_MEMORY_LIMIT;
    default:
        return FK_DEATH_PROTOCOL;
    }
}

fk_status status_of_end(const Death::Moments &at) noexcept {
    return at.opening ? FK_OPEN_FAILED : FK_VM_DIED;
}

std::string rest_of(const Death::Moments &at) {
    return at.during + (at.opening ? "" : "; what it had not sent is lost") + at.words;
}

} // namespace

fk_status Death::inflicted(fk_status reason, const Moments &at) {
    return come(reason, cause_of(reason),
                reason_text(reason, at, child_.fate()) + child_.fate_explained() +
                    (reason == FK_TIMEOUT ? at.unusable : std::string()) + at.words);
}

fk_status Death::found(const Moments &at) {
    if (at.ours && child_.exit_status() == out_of_memory_exit)
        return come(FK_MEMORY_LIMIT, FK_DEATH_MEMORY_LIMIT,
                    reason_text(FK_MEMORY_LIMIT, at, "ended") + at.words);
    if (at.asked != FK_OK) // instead of ending its work it went
        return come(at.asked, cause_of(at.asked),
                    reason_text(at.asked, at, nullptr) + ": asked to end it, it " +
                        child_.described() + at.words);
    if (at.ours && child_.exit_status() == not_stopped_exit)
        return come(status_of_end(at), FK_DEATH_TIMEOUT,
                    who() + " ended itself" + at.during + ": what it ran did not end" + at.words);
    return by_signal_or_exit(at);
}

fk_status Death::by_signal_or_exit(const Moments &at) {
    fk_death cause = child_.death();
    std::string how = child_.described();
    if (cause == FK_DEATH_SIGNAL && child_.exit_status() == -SIGKILL &&
        child_.was_out_of_memory()) {
        cause = FK_DEATH_OUT_OF_MEMORY;
        how += ", possibly because the system ran out of memory: the kernel's count of "
               "out-of-memory kills has risen since";
    }
    return come(status_of_end(at), cause, who() + " " + how + rest_of(at));
}

fk_status Death::cut_off(const Moments &at) {
    return come(status_of_end(at), FK_DEATH_PROTOCOL,
                who() + " closed its standard output and " + child_.fate() + rest_of(at) +
                    child_.fate_explained());
}

fk_status Death::unsaid(fk_status status) noexcept {
    return come(FK_NO_MEMORY, status == FK_VM_DIED ? child_.death() : cause_of(status), {});
}

fk_status Death::come(fk_status status, fk_death cause, std::string message) noexcept {
    come_ = true;
    cause_ = cause;
    message_ = std::move(message);
    return status;
}

fk_status Death::tell(fk_status status) const noexcept {
    const char *message = message_.empty()
                              ? "out of memory in the conversation with the child, which was killed"
                              : message_.c_str();
    const fk_failure failure{sizeof failure,       message, nullptr, 0,
                             child_.exit_status(), true,    cause_};
    return known_.host->fail(known_.vm, status, &failure);
}

std::string Death::who() const {
    return "the child '" + known_.name + "' (pid " + std::to_string(child_.pid()) + child_.place() +
           ")";
}

// Why it was to end, and what became of it; nullptr: that is told elsewhere.
std::string Death::reason_text(fk_status reason, const Moments &at, const char *fate) const {
    const fk_vm_options &options = *known_.options;
    const auto limit = [](uint32_t ms, const char *option) {
        return std::to_string(ms) + " ms (" + option + ")";
    };
    const std::string and_fate = fate ? std::string(" and ") + fate : std::string();
    switch (reason) {
    case FK_TIMEOUT:
        return who() + " did not finish" + at.during + " within its limit of " +
               (at.opening ? limit(options.open_timeout, "open_timeout")
                           : limit(options.call_timeout, "call_timeout")) +
               and_fate;
    case FK_INTERRUPTED:
        return who() + " was interrupted by fk_vm_interrupt()" + at.during + and_fate;
    case FK_MEMORY_LIMIT:
        return who() + " had no memory left outside Lua's own" + at.during + and_fate +
               ": with a memory_limit of " + std::to_string(options.memory_limit) +
               " bytes the system gives it " + std::to_string(confinement_of(options).data) +
               " in all";
    case FK_OPEN_FAILED:
        return who() + " " + (fate ? fate : "ended") + at.during + ": " + at.problem;
    case FK_PROTOCOL:
        return who() + " broke the protocol" + at.during + and_fate + ": " +
               (at.problem.empty()
                    ? "a line longer than max_message, " + std::to_string(options.max_message) +
                          " bytes, or as much while it did not read"
                    : at.problem);
    default:
        return "out of memory in the conversation with " + who() + ", which " +
               (fate ? fate : "ended");
    }
}

} // namespace fkvm
