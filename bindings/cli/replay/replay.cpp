// SPDX-License-Identifier: MIT
// The loop of a replay: what the server does next, what the VM does, and whether the record has it
// so.
#include "replay.h"

#include "clocks.h"
#include "format.h"

#include <poll.h>
#include <string_view>
#include <utility>

namespace cli {

namespace {

const fk_value null{};

bool is_limit(std::string_view status) { return status == "TIMEOUT" || status == "INTERRUPTED"; }

// Of the others the message tells of this run: processes, reports, limits.
bool tells_all(fk_status status) {
    return status == FK_SCRIPT_ERROR || status == FK_NO_METHOD || status == FK_BAD_VALUE;
}

bool same_status(std::string_view recorded, fk_status status) {
    const std::string_view name = fk_status_name(status);
    return recorded == name || (is_limit(recorded) && is_limit(name));
}

// No parameters are no table and an empty one.
bool empty(const fk_value &params) {
    return params.kind == FK_NULL || (params.kind == FK_ARRAY && params.size == 0);
}

// The answer of a call that need not, or must not, be made any more.
fk_status refuse(fk_request *request) {
    if (fk_request_is_notification(request)) return FK_OK;
    return fk_fail(request, FK_CODE_INTERNAL, "the replay ends here");
}

} // namespace

Replay::Replay(Record &record, const RecordedVm &recorded, RecordedOptions &options,
               Progress &progress)
    : record_(record), recorded_(recorded), options_(options), progress_(progress) {
    counts_.total = recorded.messages;
    options_.take_methods(served, this);
}

void Replay::run(std::function<bool()> stop) {
    stop_ = std::move(stop);
    while (!over() && !closing_) step();
    stop_ = [] { return false; };
}

Replay::Outcome Replay::close() {
    fk_vm_close(std::exchange(vm_, nullptr));
    if (!over()) {
        const Message *left = record_.next_of_vm();
        left ? part(left, "the end of the VM") : no_more("");
    }
    progress_.clear();
    return *outcome_;
}

std::unique_ptr<Message> Replay::take(const Message &message) {
    counts_.messages++;
    if (progress_.due()) show();
    return record_.take(message);
}

void Replay::open() {
    std::unique_ptr<Message> message;
    if (recorded_.opening) message = take(*record_.next());
    const fk_status status = fk_vm_open(&options_.get(), &vm_);
    if (status == FK_OK) {
        fk_stats stats = FK_STATS_INIT;
        fk_vm_stats(vm_, &stats);
        backend_ = stats.backend;
        if (message && !over()) settle(*message, Ending(FK_OK));
        return;
    }
    if (over()) return;
    problem_ = std::string(fk_error_last()->message) + " (" + fk_status_name(status) + ")";
    if (const char *traceback = fk_error_last()->traceback)
        problem_ += std::string("\n") + traceback;
    const Message *expected = record_.next_of_vm();
    const bool as_recorded = message && expected && expected->rpc.kind == Rpc::Error &&
                             same_status(status_of(*expected), status);
    if (as_recorded) take(*expected);
    finish(as_recorded ? Outcome::Equal : Outcome::NotOpened);
}

void Replay::step() {
    const Message *next = record_.next();
    if (!next) return no_more("");
    if (!next->to_vm) return wait_for(next->number);
    if (next->is_answer())
        return fail("line " + std::to_string(next->line) +
                    " of the trace answers a call that is not in it");
    const std::unique_ptr<Message> message = take(*next);
    closing_ = message->rpc.method == "$/close";
    if (!closing_) call(*message);
}

void Replay::call(const Message &message) {
    const OpenCall here{message, inside_};
    const std::string method(message.rpc.method);
    const bool awaited = message.rpc.kind == Rpc::Request;
    counts_.calls++;
    inside_ = &here;
    fk_value *raw = nullptr;
    const fk_status status = awaited ? fk_vm_call(vm_, method.c_str(), &message.rpc.params, &raw)
                                     : fk_vm_notify(vm_, method.c_str(), &message.rpc.params);
    const Value result(raw);
    inside_ = here.outer;
    if (!over() && stop_()) finish(Outcome::Stopped);
    if (over()) {
        const char *traceback = fk_error_last()->traceback;
        if (parting_ && parting_->traceback.empty() && traceback) parting_->traceback = traceback;
    } else if (awaited) {
        settle(message, Ending(status, raw));
    } else if (status != FK_OK) {
        const Ending ending(status);
        part(record_.next_of_vm(), words_of(ending));
    }
}

// The call that message made has come to its end.
void Replay::settle(const Message &message, const Ending &ending) {
    const fk_status status = ending.status;
    cutting_ = false;
    const Message *expected = record_.next_of_vm();
    if (!expected) return no_more(words_of(ending));
    const Rpc &rpc = expected->rpc;
    const bool is_its_answer = expected->is_answer() && rpc.id == message.rpc.id;
    if (!is_its_answer || (status == FK_OK) != (rpc.kind == Rpc::Result))
        return part(expected, words_of(ending));
    if (status != FK_OK) {
        const bool same_text = !tells_all(status) || rpc.text == ending.message;
        if (!same_status(status_of(*expected), status) || !same_text)
            return part(expected, words_of(ending));
    } else if (ending.result) { // what $/open returned is not the script's
        if (Difference difference = find_difference(rpc.value, *ending.result, "result"))
            return part(expected, words_of(ending), difference);
    }
    take(*expected);
}

// What a VM says by itself, while nobody calls it.
void Replay::wait_for(uint64_t number) {
    const int64_t patience = 5'000'000'000;
    const int fd = fk_vm_fd(vm_);
    const int64_t end = monotonic_ns() + patience;
    for (;;) {
        const Message *expected = over() ? nullptr : record_.next_of_vm();
        if (!expected || expected->number != number) return;
        if (fd < 0 || monotonic_ns() > end)
            return part(expected, "nothing: the VM waits for its next call");
        if (stop_()) return finish(Outcome::Stopped);
        pollfd watched{fd, POLLIN, 0};
        if (poll(&watched, 1, 100) <= 0) continue;
        const Ending ending(fk_vm_poll(vm_));
        if (ending.status != FK_OK && !over()) return part(record_.next_of_vm(), words_of(ending));
    }
}

fk_status Replay::served(void *self, fk_request *request, const fk_value *params) {
    return static_cast<Replay *>(self)->serve(request, *params);
}

fk_status Replay::serve(fk_request *request, const fk_value &params) {
    if (over() || cutting_) return refuse(request);
    const char *kind = fk_request_is_notification(request) ? "notification" : "call";
    const Message *expected = record_.next_of_vm();
    if (!expected)
        no_more(words_of(kind, fk_request_method(request), params));
    else if (stop_())
        finish(Outcome::Stopped);
    else if (ends_by_limit(*expected))
        cutting_ = true;
    else if (compare(*expected, request, params)) {
        const std::unique_ptr<Message> message = take(*expected);
        counts_.host_calls++;
        return fk_request_is_notification(request) ? FK_OK : answer(request, *message);
    }
    fk_vm_interrupt(fk_request_vm(request));
    return refuse(request);
}

bool Replay::ends_by_limit(const Message &expected) const {
    return inside_ && expected.rpc.kind == Rpc::Error &&
           expected.rpc.id == inside_->message.rpc.id && is_limit(status_of(expected));
}

bool Replay::compare(const Message &expected, fk_request *request, const fk_value &params) {
    const Rpc &rpc = expected.rpc;
    const bool notification = fk_request_is_notification(request);
    const bool same_kind = rpc.kind == (notification ? Rpc::Notification : Rpc::Request);
    Difference difference;
    if (same_kind && rpc.method == fk_request_method(request)) {
        if (empty(rpc.params) && empty(params)) return true;
        difference = find_difference(rpc.params, params, "params");
        if (!difference) return true;
    }
    part(&expected,
         words_of(notification ? "notification" : "call", fk_request_method(request), params),
         difference);
    return false;
}

// As the server answered it, with the calls that it made before.
fk_status Replay::answer(fk_request *request, const Message &message) {
    for (uint64_t from = message.number; !over();) {
        const Message *next = record_.next(from);
        if (!next) {
            no_more("the answer of the server");
        } else if (next->to_vm && next->is_answer() && next->rpc.id == message.rpc.id) {
            const std::unique_ptr<Message> given = take(*next);
            if (given->rpc.kind == Rpc::Result) return fk_reply(request, &given->rpc.value);
            return fk_fail(request, static_cast<int32_t>(given->rpc.code),
                           std::string(given->rpc.text).c_str());
        } else if (next->to_vm && !next->is_answer() && next->rpc.method != "$/close") {
            call(*take(*next));
        } else {
            from =
                next->number + 1; // what a notification of the server's led to comes when it comes
        }
    }
    fk_vm_interrupt(fk_request_vm(request));
    return refuse(request);
}

// A debugger stops here with the VM as it is: break cli::Replay::part
void Replay::part(const Message *expected, std::string got, Difference difference) {
    Parting &parting = parting_.emplace();
    if (expected) {
        parting.number = expected->number;
        parting.line = expected->line;
    }
    parting.expected = expected ? words_of(*expected) : "nothing more";
    parting.got = std::move(got);
    parting.path = std::move(difference.path);
    parting.expected_value = std::move(difference.expected);
    parting.got_value = std::move(difference.got);
    if (inside_) parting.call = words_of(inside_->message);
    finish(Outcome::Parted);
}

// The record has no more message, or none that can be read.
void Replay::no_more(std::string got) {
    if (!record_.problem().empty()) return fail(record_.problem());
    if (!recorded_.closed) return finish(Outcome::Ended);
    got.empty() ? finish(Outcome::Equal) : part(nullptr, std::move(got));
}

void Replay::fail(std::string problem) {
    problem_ = std::move(problem);
    finish(Outcome::Unreadable);
}

void Replay::finish(Outcome outcome) { outcome_ = outcome; }

void Replay::show() {
    progress_.draw(double(counts_.messages) / double(counts_.total),
                   grouped(counts_.messages) + "/" + plural(counts_.total, "message", "messages"),
                   plural(counts_.calls, "call", "calls") + "   " + grouped(counts_.host_calls) +
                       " of the VM's");
}

} // namespace cli
