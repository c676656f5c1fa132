// SPDX-License-Identifier: MIT
// The child is an embedded VM behind a peer, so its scripts meet the same conversions, sandbox and facilities as in the server.
#include "serve.h"

#include "fk_backend.h"
#include "idle.h"
#include "parent.h"
#include "peer.h"
#include "sandbox.h"
#include "settings.h"
#include "streams.h"
#include "template.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <malloc.h>
#include <string>
#include <unistd.h>

namespace fk {
namespace {

fk_vm *volatile *interruptible;

// SIGINT is the parent's wish that the loading or the running call ends. The handler runs before anything that
// the parent sends later is read, so it can hit no later call.
void interrupt_on_signal(fk_vm *volatile *vm) noexcept {
    interruptible = vm;
    struct sigaction action {};
    action.sa_handler = [](int) {
        if (fk_vm *running = *interruptible) fk_vm_interrupt(running);
    };
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
}

class Host final : public PeerOwner {
  public:
    Host(const char *name, const ProtocolStreams &streams, const fk_vm_options &options, Sandbox &sandbox) noexcept
        : name_(name), sandbox_(sandbox), max_message_(options.max_message),
          peer_(streams.in, streams.out, options.max_message, options.max_values, *this) {}
    Host(const char *name, Template &of, const fk_vm_options &options, Sandbox &sandbox) noexcept
        : name_(name), sandbox_(sandbox), template_(&of), max_message_(options.max_message),
          peer_(-1, -1, options.max_message, options.max_values, *this) {}

    void merge_repeats() noexcept { peer_.merge_repeats(); }

    int run(fk_vm_options options) {
        const fk_method methods[] = {{"*", call_server, this, 0, {}}, {}};
        options.backend = "embedded";
        options.methods = methods;
        options.output = print;
        options.user = this;
        options.call_timeout = options.open_timeout = FK_NO_LIMIT; // the parent watches the clock
        options.max_output = FK_NO_LIMIT;                          // ... and the output
        options.flags |= FK_OPEN_UNTIMED;
        options.max_nesting = 100;
        options.interrupt_signal = SIGURG;
        if (options.sandbox == FK_SANDBOX_STRICT) options.sandbox = FK_SANDBOX_GAME; // the rest of it is ours
        if (!sandbox_.good_enough()) return say_failure("OPEN_FAILED", "this system cannot enforce the sandbox level strict; missing: " + sandbox_.missing(), nullptr);
        if (template_) options.flags |= FK_OPEN_TEMPLATE;
        interrupt_on_signal(&vm_);
        if (fk_vm_open(&options, const_cast<fk_vm **>(&vm_)) != FK_OK) return say_failure();
        say_hello();
        const fk_status status = peer_.serve_until([&] { return done_; });
        fk_vm_close(vm_);
        peer_.flush(); // what finalizers said, too
        if (status == FK_NO_MEMORY) return out_of_memory_exit;
        return status == FK_OK || (status == FK_VM_DIED && peer_.at_end()) ? 0 : 1;
    }

    fk_status wait(bool also_writable) noexcept override;
    fk_status request(Peer &peer, const RpcMessage &message) noexcept override;
    fk_status notification(Peer &peer, const RpcMessage &message) noexcept override;
    fk_status stray(Peer &peer, std::string_view line, const RpcMessage &message) noexcept override;

  private:
    static fk_status call_server(void *self, fk_request *request, const fk_value *params);
    static void print(void *self, fk_level level, const char *text, size_t size);

    void in_template(const fk_request *request, const fk_value *params) noexcept;
    fk_status say(const char *method, const fk_value *params) noexcept;
    struct Busy { // with a message
        explicit Busy(Host &host) noexcept : host_(host) {
            host_.depth_++;
            host_.idle_periods_ = 0;
            host_.idle_.busy();
        }
        ~Busy() { host_.depth_--; }
        Host &host_;
    };

    void tidy() noexcept;
    void say_hello() noexcept;
    int say_failure() noexcept;
    int say_failure(const char *status, const std::string &message, const char *traceback) noexcept;
    void report_memory() noexcept;
    fk_status answer_error(Peer &peer, int64_t id) noexcept;
    std::string too_long(const char *what) const {
        return std::string(what) + ": the message would be longer than max_message, " + std::to_string(max_message_) + " bytes";
    }

    static constexpr size_t most_kept = 1 << 20; // that a template's loading may say

    const char *name_;
    Sandbox &sandbox_;
    Template *template_ = nullptr; // until it has become a VM
    uint32_t max_message_;
    Peer peer_;
    fk_vm *volatile vm_ = nullptr; // set while the script is loaded
    IdleTimer idle_;
    int depth_ = 0, idle_periods_ = 0;
    uint64_t reported_ = 0;
    bool done_ = false;
};

int32_t code_of(fk_status status) {
    switch (status) {
    case FK_NO_METHOD: return FK_CODE_METHOD_NOT_FOUND;
    case FK_TIMEOUT: return FK_CODE_TIMEOUT;
    case FK_MEMORY_LIMIT: return FK_CODE_MEMORY_LIMIT;
    case FK_BAD_VALUE: return FK_CODE_BAD_VALUE;
    case FK_SCRIPT_ERROR:
    case FK_INTERRUPTED: return FK_CODE_SCRIPT_ERROR;
    default: return FK_CODE_INTERNAL;
    }
}

// Reading blocks; only while the parent does not read either is there something to wait for.
fk_status Host::wait(bool also_writable) noexcept {
    if (also_writable) return peer_.wait_both();
    if (idle_.is_idle() && depth_ == 0) tidy();
    return FK_OK;
}

// Gives back what the last calls left, as long as nobody calls.
void Host::tidy() noexcept {
    constexpr int settled = 1000; // polls that changed nothing: there is nothing more
    uint64_t before = 0;
    for (int same = 0; same < settled; same++) {
        if (peer_.has_input()) return;
        fk_vm_poll(vm_);
        fk_stats stats = FK_STATS_INIT;
        fk_vm_stats(vm_, &stats);
        if (stats.memory != before) same = 0;
        before = stats.memory;
    }
    if (++idle_periods_ < 2) return; // in the first, the VM has only noticed that it is idle
    idle_.stop();
    ::malloc_trim(0);
    report_memory();
    peer_.flush();
}

// A method name must be terminated for the C API; names are short.
class Terminated {
  public:
    explicit Terminated(std::string_view text) noexcept {
        const size_t size = std::min(text.size(), sizeof text_ - 1);
        std::memcpy(text_, text.data(), size);
        text_[size] = '\0';
    }
    operator const char *() const noexcept { return text_; }

  private:
    char text_[256];
};

fk_status Host::answer_error(Peer &peer, int64_t id) noexcept {
    const fk_error *error = fk_error_last();
    fk_member members[2] = {{FK_STR("status"), FK_STR(fk_status_name(error->status))},
                            {FK_STR("traceback"), FK_STR(error->traceback ? error->traceback : "")}};
    const fk_value data = FK_MEMBERS(members, error->traceback ? 2u : 1u);
    return peer.error(id, error->code ? error->code : code_of(error->status), error->message, &data);
}

fk_status Host::request(Peer &peer, const RpcMessage &message) noexcept {
    const Busy busy(*this);
    fk_value *result = nullptr;
    const fk_status status = fk_vm_call(vm_, Terminated(message.method), &message.params, &result);
    if (message.method == "bye") {
        done_ = true;
        expect_end();
    }
    fk_status sent = status == FK_OK ? peer.reply(message.id, *result) : answer_error(peer, message.id);
    fk_value_free(result);
    if (sent == FK_BAD_VALUE) sent = peer.error(message.id, FK_CODE_BAD_VALUE, too_long("result"), nullptr);
    report_memory(); // behind the answer: nobody waits for it
    return sent;
}

fk_status Host::notification(Peer &, const RpcMessage &message) noexcept {
    const Busy busy(*this);
    const Terminated method(message.method);
    if (fk_vm_notify(vm_, method, &message.params) != FK_OK) {
        char text[512];
        const int n = std::snprintf(text, sizeof text, "the notification %s failed: %s", static_cast<const char *>(method), fk_error_last()->message);
        print(this, FK_LEVEL_WARNING, text, std::min(static_cast<size_t>(n), sizeof text - 1));
    }
    report_memory();
    return FK_OK;
}

fk_status Host::stray(Peer &, std::string_view, const RpcMessage &message) noexcept {
    std::fprintf(stderr, "%s: the parent broke the protocol: %s\n", name_, message.problem ? message.problem : "no message, or an answer to no request");
    return FK_PROTOCOL;
}

fk_status Host::call_server(void *self, fk_request *request, const fk_value *params) {
    auto &host = *static_cast<Host *>(self);
    const char *method = fk_request_method(request);
    if (host.template_) host.in_template(request, params);
    if (std::strcmp(method, "$/fork") == 0) return FK_OK;
    bool answered = false;
    const fk_status status = fk_request_is_notification(request)
                                 ? host.say(method, params)
                                 : host.peer_.call(method, params, [&](const PeerAnswer &answer) {
                                       answered = true;
                                       if (answer.kind == RpcMessage::Result) return fk_reply(request, &answer.value);
                                       return fk_fail(request, static_cast<int32_t>(answer.code), std::string(answer.text).c_str());
                                   });
    if (status == FK_BAD_VALUE && !answered) return fk_fail(request, FK_CODE_BAD_VALUE, host.too_long("params").c_str());
    if (status == FK_NO_MEMORY) ::_exit(out_of_memory_exit); // half a message may have been written
    if (status == FK_VM_DIED || status == FK_PROTOCOL) ::_exit(status == FK_VM_DIED ? 0 : 1); // nobody is left to answer
    return status;
}

// What is said is kept, and said again by every copy; nobody is there to answer.
void Host::in_template(const fk_request *request, const fk_value *params) noexcept {
    if (std::strcmp(fk_request_method(request), "$/fork") == 0) {
        peer_.prepare_to_write();
        const ProtocolStreams streams = template_->copy_when_asked(*params);
        peer_.attach(streams.in, streams.out);
        sandbox_.confine_copy();
        if (!end_with_parent()) ::_exit(0);
        template_->wait_for_go(streams.in);
        template_ = nullptr;
    } else if (!fk_request_is_notification(request)) {
        template_->give_up();
    }
}

fk_status Host::say(const char *method, const fk_value *params) noexcept {
    if (template_ && peer_.kept() > most_kept) template_->give_up();
    return peer_.notify(method, params);
}

void Host::print(void *self, fk_level level, const char *text, size_t size) {
    static const char *const methods[] = {"print", "qDebug", "qInfo", "qWarning", "qCritical", "print", "qWarning"};
    const fk_value params[] = {FK_BYTES(text, size)};
    const fk_value list = FK_ARRAY(params);
    static_cast<Host *>(self)->say(methods[level], &list);
}

void Host::say_hello() noexcept {
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm_, &stats);
    const fk_member members[] = {{FK_STR("protocol"), FK_INT(protocol_version)},
                                 {FK_STR("name"), FK_STR(name_)},
                                 {FK_STR("version"), FK_STR(fk_version())},
                                 {FK_STR("lua"), FK_STR(stats.runtime ? stats.runtime : "")},
                                 {FK_STR("interrupt"), FK_BOOL(true)},
                                 {FK_STR("sandbox"), FK_STR(sandbox_.reached().c_str())}};
    report_memory();
    const fk_value hello[] = {FK_OBJECT(members)};
    const fk_value list = FK_ARRAY(hello);
    peer_.notify("hello", &list);
    peer_.flush();
}

// The parent gives this failure to who called fk_vm_open, as the embedded backend would.
int Host::say_failure() noexcept {
    const fk_error *error = fk_error_last();
    return say_failure(fk_status_name(error->status), error->message, error->traceback);
}

int Host::say_failure(const char *status, const std::string &message, const char *traceback) noexcept {
    if (template_) template_->give_up(); // a VM of its own will fail likewise, and be heard
    const fk_value params[] = {FK_STR(status), FK_BYTES(message.data(), message.size()), traceback ? FK_STR(traceback) : FK_NIL};
    const fk_value list = FK_ARRAY(params);
    peer_.notify("$/failed", &list);
    peer_.flush();
    return 1;
}

// Now and then, so that fk_vm_stats need not ask: when it has changed by a sixteenth.
void Host::report_memory() noexcept {
    fk_stats stats = FK_STATS_INIT;
    if (fk_vm_stats(vm_, &stats) != FK_OK) return;
    const uint64_t change = stats.memory > reported_ ? stats.memory - reported_ : reported_ - stats.memory;
    if (change <= reported_ / 16) return;
    reported_ = stats.memory;
    const fk_value params[] = {FK_INT(stats.memory), FK_INT(stats.memory_peak)};
    const fk_value list = FK_ARRAY(params);
    peer_.notify("$/memory", &list);
}

} // namespace
} // namespace fk

int fk::serve_template(const char *name, int idle_ms, const char *script) noexcept try {
    ChildSettings settings;
    settings.options.script = script;
    Sandbox sandbox(settings.options.sandbox);
    Template here(idle_ms);
    if (!here.prepare()) {
        std::fprintf(stderr, "%s: cannot prepare to be a template: %s\n", name, std::strerror(errno));
        return 1;
    }
    sandbox.enter(settings.options);
    sandbox.prepare_copies();
    Host host(name, here, settings.options, sandbox);
    if (settings.each) host.merge_repeats();
    return host.run(settings.options);
} catch (...) {
    return out_of_memory_exit;
}

int fk::serve_child(const char *name, const char *script) noexcept try {
    ChildSettings settings;
    settings.options.script = script;
    Sandbox sandbox(settings.options.sandbox);
    ProtocolStreams streams;
    bool ready = take_streams(&streams);
    if (ready) sandbox.enter(settings.options);
    if (ready) sandbox.forbid_processes();
    ready = ready && watch_parent(streams.in); // a thread, so inside the sandbox
    if (!ready) {
        std::fprintf(stderr, "%s: cannot set up its streams: %s\n", name, std::strerror(errno));
        return 1;
    }
    Host host(name, streams, settings.options, sandbox);
    if (settings.each) host.merge_repeats();
    return host.run(settings.options);
} catch (...) {
    return out_of_memory_exit;
}
