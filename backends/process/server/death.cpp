// SPDX-License-Identifier: MIT
// How a child VM dies: the cause told apart, and the sentence that says it.
#include "oom.h"
#include "process/exit_codes.h"
#include "process_vm.h"

#include <csignal>

namespace fkvm {
namespace {

constexpr int kill_ms = 20; // a killed child with a gigabyte takes longer; close waits for it

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

std::string milliseconds(uint32_t limit, const char *option) {
    return std::to_string(limit) + " ms (" + option + ")";
}

} // namespace

std::string ProcessVm::last_words() const {
    return words_.empty() ? std::string() : "\nThe end of its standard error:\n" + words_;
}

// A child of ours that cannot be killed any more ends by itself once its input has.
void ProcessVm::end_child() noexcept {
    constexpr int ends_itself_ms = 1000;
    child_.kill_group();
    if (peer_) peer_->attach(child_.in(), -1);
    child_.close_input();
    child_.reap(child_.kill_refused() ? ends_itself_ms : kill_ms);
}

fk_status ProcessVm::ended(fk_status status, const char *method) noexcept {
    if (dead_) return dead(FK_VM_DIED);
    try {
        const std::string who =
            "the child '" + name_ + "' (pid " + std::to_string(child_.pid()) + ")";
        const std::string during = method ? std::string(" during '") + method + "'"
                                   : method_.empty()
                                       ? std::string(" between calls")
                                       : " between calls, the last of which was '" + method_ + "'";
        if (status == FK_VM_DIED) return died(who, during);
        drain_stderr();
        return die(status, cause_of(status), explained(status, who, during) + last_words());
    } catch (...) {
        return die(FK_NO_MEMORY, status == FK_VM_DIED ? child_.death() : cause_of(status), {});
    }
}

// By itself, or by somebody else's hand.
fk_status ProcessVm::died(const std::string &who, const std::string &during) {
    const bool gone = child_.reap(exit_grace_ms);
    drain_stderr();
    fk_status status = greeted_ ? FK_VM_DIED : FK_OPEN_FAILED;
    const std::string rest =
        during + (greeted_ ? "; what it had not sent is lost" : "") + last_words();
    if (!gone)
        return die(status, FK_DEATH_PROTOCOL,
                   who + " closed its standard output and was killed" + rest);
    if (polite_ && child_.exit_status() == out_of_memory_exit) // one of ours
        return die(FK_MEMORY_LIMIT, FK_DEATH_MEMORY_LIMIT,
                   explained(FK_MEMORY_LIMIT, who, during) + last_words());
    const fk_status asked = patience_.reason();
    if (asked != FK_OK) // instead of ending its call it went
        return die(asked, cause_of(asked),
                   explained(asked, who, during) + ": asked to end it, it " + child_.described() +
                       last_words());
    if (polite_ && child_.exit_status() == not_stopped_exit)
        return die(status, FK_DEATH_TIMEOUT,
                   who + " ended itself" + during + ": what it ran did not end" + last_words());
    fk_death cause = child_.death();
    std::string how = child_.described();
    if (cause == FK_DEATH_SIGNAL && child_.exit_status() == -SIGKILL && oom_killer_was_here()) {
        cause = FK_DEATH_OUT_OF_MEMORY;
        how += ", possibly because the system ran out of memory: the kernel's count of "
               "out-of-memory kills has risen since";
    }
    return die(status, cause, who + " " + how + rest);
}

// Why we ended it.
std::string ProcessVm::explained(fk_status status, const std::string &who,
                                 const std::string &during) const {
    switch (status) {
    case FK_TIMEOUT:
        return who + " did not finish" + during + " within its limit of " +
               (greeted_ ? milliseconds(options_->call_timeout, "call_timeout")
                         : milliseconds(options_->open_timeout, "open_timeout")) +
               (child_.ended() ? "" : " and was killed");
    case FK_INTERRUPTED:
        return who +
               (child_.ended() ? " was interrupted by fk_vm_interrupt()"
                               : " was killed by fk_vm_interrupt()") +
               during;
    case FK_MEMORY_LIMIT:
        return who + " had no memory left outside Lua's own" + during +
               " and was killed: with a memory_limit of " + std::to_string(options_->memory_limit) +
               " bytes the system gives it " + std::to_string(confinement_of(*options_).data) +
               " in all";
    case FK_OPEN_FAILED:
        return who + " was killed" + during + ": " + problem_;
    case FK_PROTOCOL:
        return who + " broke the protocol" + during + " and was killed: " +
               (problem_.empty()
                    ? "a line longer than max_message, " + std::to_string(options_->max_message) +
                          " bytes, or as much while it did not read"
                    : problem_);
    default:
        return "out of memory in the conversation with " + who + ", which was killed";
    }
}

// Nothing is said that did not happen.
void ProcessVm::correct(std::string *message) const {
    if (!child_.kill_refused()) return;
    constexpr std::string_view said = " was killed";
    if (const size_t at = message->find(said); at != message->npos)
        message->replace(at, said.size(), " was to be killed");
    *message +=
        child_.ended()
            ? "\nIt could not be killed (Operation not permitted: the server has given up its "
              "privileges since), and ended by itself when its input was closed."
            : "\nIt could not be killed (Operation not permitted: the server has given up its "
              "privileges since): end it by hand.";
}

fk_status ProcessVm::die(fk_status status, fk_death cause, std::string message) noexcept try {
    if (!dead_) {
        end_child();
        correct(&message);
        dead_ = true;
        death_ = cause;
        problem_ = std::move(message);
    }
    return dead(status);
} catch (...) {
    dead_ = true;
    return dead(status);
}

fk_status ProcessVm::dead(fk_status status) noexcept {
    const fk_failure failure{
        sizeof failure,
        problem_.empty() ? "out of memory in the conversation with the child, which was killed"
                         : problem_.c_str(),
        nullptr,
        0,
        child_.exit_status(),
        true,
        death_};
    return host_->fail(vm_, status, &failure);
}

} // namespace fkvm
