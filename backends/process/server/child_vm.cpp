// SPDX-License-Identifier: MIT
// Opening and calling. How a call waits is in waiting.cpp, how the child is ended in ending.cpp.
#include "process_vm.h"

#include "answer.h"
#include "command.h"
#include "launch.h"
#include "oom.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace fkvm {
namespace {

uint64_t resident_bytes(pid_t pid) noexcept {
    char path[32], text[64];
    std::snprintf(path, sizeof path, "/proc/%d/statm", static_cast<int>(pid));
    const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
    const ssize_t n = file ? ::read(file.get(), text, sizeof text - 1) : -1;
    if (n <= 0) return 0;
    text[n] = '\0';
    unsigned long long total = 0, resident = 0;
    if (std::sscanf(text, "%llu %llu", &total, &resident) != 2) return 0;
    return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

fk_status ProcessVm::open() {
    const fk_status status = start();
    return status == FK_OK ? greet() : status;
}

fk_status ProcessVm::start() {
    ChildCommand command;
    std::string problem;
    if (!make_command(*known_.options, &command, &known_.is_host, &problem)) {
        death_.quiet();
        return known_.fail(FK_INVALID, problem.c_str(), true);
    }
    known_.name = command.file;
    handshake_.be_polite(known_.is_host);
    watch_oom_killer();
    reap_left_behind();
    const Launch launch{known_, command, templates_, words_, known_.host->deadline(known_.vm)};
    if (const int error = launch(&child_, &from_template_)) return not_started(error, "start");
    if (const int error = watch_.make()) return not_started(error, "watch");
    conversation_.emplace(known_, handshake_, child_.in(), child_.out(), *this);
    ready_peer_.store(&conversation_->peer(), std::memory_order_release);
    return FK_OK;
}

fk_status ProcessVm::not_started(int error, const char *what) {
    death_.quiet();
    if (error != ETIMEDOUT) {
        const bool relative = known_.name.starts_with('.');
        const std::string problem =
            std::string("cannot ") + what + " '" + known_.name + "'" +
            (relative ? std::string(" in the directory '") + known_.options->directory + "'"
                      : std::string()) +
            ": " + std::strerror(error);
        return known_.fail(error == ENOMEM ? FK_NO_MEMORY : FK_OPEN_FAILED, problem.c_str(), true);
    }
    const std::string problem = "the child '" + known_.name +
                                "' did not load its script within its limit of " +
                                std::to_string(known_.options->open_timeout) +
                                " ms (open_timeout) and was killed" + words_.last();
    return known_.fail(FK_TIMEOUT, problem.c_str(), true);
}

fk_status ProcessVm::greet() {
    const fk_status status =
        conversation_->peer().serve_until([&] { return handshake_.is_over(); });
    return status == FK_OK || loading_failed_ ? status : ended(status, "hello");
}

fk_status ProcessVm::handshake(Handshake::Part part, const RpcMessage &message) {
    if (part == Handshake::Part::Failed) return loading_failed(message);
    if (part == Handshake::Part::Hello) return handshake_.take_hello(message);
    return handshake_.take_starting(), FK_OK;
}

// The child's own error of loading becomes ours.
fk_status ProcessVm::loading_failed(const RpcMessage &message) {
    const LoadingFailure said = read_loading_failure(message);
    const fk_status status = patience_.reason() == FK_OK ? said.status : patience_.reason();
    const bool host_says = status == FK_TIMEOUT || status == FK_INTERRUPTED;
    child_.reap(exit_grace_ms);
    end_child();
    words_.drain();
    death_.quiet();
    loading_failed_ = true;
    const fk_failure failure{sizeof failure,
                             host_says ? nullptr : said.message.c_str(),
                             said.traceback.empty() ? nullptr : said.traceback.c_str(),
                             0,
                             0,
                             true};
    return known_.host->fail(known_.vm, status, &failure);
}

fk_status ProcessVm::call(const char *method, const fk_value *params) {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    bool answered = false; // then what failed is this call, not the conversation
    method_ = method;
    const Turn turn(*this, Turn::Waits);
    const fk_status status =
        conversation_->peer().call(method, params, [&](const PeerAnswer &answer) {
            const fk_status outcome = guarded([&] { return take(answer); });
            answered = true;
            return outcome;
        });
    if (status == FK_OK || answered) return status;
    return status == FK_BAD_VALUE ? too_long(method) : ended(status, method);
}

fk_status ProcessVm::take(const RpcMessage &answer) {
    if (answer.kind == RpcMessage::Result) return known_.host->result(known_.vm, &answer.value);
    if (answer.kind == RpcMessage::Broken) return unreadable(answer);
    const AnsweredError error(answer);
    fk_failure failure = error.failure();
    fk_status status = error.status;
    fk_status reason = patience_.reason();
    if (reason == FK_OK) reason = known_.host->must_end(known_.vm); // another thread has asked it
    if (reason != FK_OK) {
        patience_.renew();
        status = reason;
        failure.message = nullptr; // the host's words
    }
    return known_.host->fail(known_.vm, status, &failure);
}

fk_status ProcessVm::unreadable(const RpcMessage &answer) {
    const std::string message = "the child '" + known_.name + "' answered '" + method_ +
                                "' with what cannot be read: " + answer.problem + " (at byte " +
                                std::to_string(answer.offset) + ")";
    return known_.fail(FK_BAD_VALUE, message.c_str(), false);
}

fk_status ProcessVm::too_long(const char *method) {
    const std::string message = std::string("params: the message for '") + method +
                                "' would be longer than max_message, " +
                                std::to_string(known_.options->max_message) + " bytes";
    return known_.fail(FK_BAD_VALUE, message.c_str(), false);
}

fk_status ProcessVm::notify(const char *method, const fk_value *params) {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    method_ = method;
    const Turn turn(*this, Turn::Waits);
    Peer &peer = conversation_->peer();
    fk_status status = peer.notify(method, params);
    if (status == FK_BAD_VALUE) return too_long(method);
    if (status == FK_OK) status = peer.flush();
    if (status == FK_VM_DIED) peer.serve_waiting(); // what it said last
    return status == FK_OK ? FK_OK : ended(status, method);
}

fk_status ProcessVm::poll() {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    fk_status status;
    {
        const Turn turn(*this, Turn::Polls);
        words_.drain();
        templates_->sweep();
        status = conversation_->take_what_is_there(watch_);
        if (status == FK_OK) status = conversation_->peer().flush();
    }
    watch_.writable_too(status == FK_BUSY);
    return status == FK_OK || status == FK_BUSY ? FK_OK : ended(status, nullptr);
}

void ProcessVm::stats(fk_stats *stats) const noexcept {
    if (conversation_) conversation_->fill(stats);
    stats->pid = child_.pid();
    stats->from_template = from_template_;
    stats->rss = resident_bytes(child_.pid());
    stats->sandbox_reached = handshake_.sandbox();
    stats->runtime = handshake_.runtime();
    stats->limited_by = handshake_.polite() ? "the child, or a kill" : "a kill";
}

} // namespace fkvm
