// SPDX-License-Identifier: MIT
// What a child says, and how it ends.
#include "process_vm.h"
#include "wire/value.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

namespace fkvm {
namespace {

std::string quoted(std::string_view text) {
    constexpr size_t enough = 200;
    return "'" + std::string(text.substr(0, enough)) + (text.size() > enough ? "...'" : "'");
}

const fk_value *member(const fk_value &object, std::string_view name) {
    for (uint32_t i = 0; object.type == FK_OBJECT && i < object.size; i++)
        if (text_of(object.as.members[i].name) == name) return &object.as.members[i].value;
    return nullptr;
}

fk_status status_of(int64_t code) {
    switch (code) {
    case FK_CODE_METHOD_NOT_FOUND:
        return FK_NO_METHOD;
    case FK_CODE_TIMEOUT:
        return FK_TIMEOUT;
    case FK_CODE_MEMORY_LIMIT:
        return FK_MEMORY_LIMIT;
    case FK_CODE_BAD_VALUE:
        return FK_BAD_VALUE;
    default:
        return FK_SCRIPT_ERROR;
    }
}

// fkvm-host says which status its own call had; the code alone cannot tell all of them.
fk_status status_of(const RpcMessage &answer) {
    const fk_value *name = member(answer.value, "status");
    for (int s = FK_INVALID; name && name->type == FK_STRING && s <= FK_BUSY; s++)
        if (text_of(*name) == fk_status_name(static_cast<fk_status>(s)))
            return s == FK_NO_MEMORY
                       ? FK_MEMORY_LIMIT
                       : static_cast<fk_status>(s); // the child's memory, not the server's
    return status_of(answer.code);
}

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

fk_status ProcessVm::take(const RpcMessage &answer) {
    if (answer.kind == RpcMessage::Result) return host_->result(vm_, &answer.value);
    const std::string message(answer.text);
    const fk_value *traceback = member(answer.value, "traceback");
    const std::string trace =
        traceback && traceback->type == FK_STRING ? std::string(text_of(*traceback)) : "";
    fk_failure failure{};
    failure.size = sizeof failure;
    failure.message = message.c_str();
    failure.traceback = trace.empty() ? nullptr : trace.c_str();
    failure.code = static_cast<int32_t>(answer.code);
    fk_status status = status_of(answer);
    if (patience_.reason() != FK_OK) {
        patience_.renew();
        status = patience_.reason();
        failure.message = nullptr; // the host's words
    }
    return status == FK_NO_MEMORY ? ended(FK_MEMORY_LIMIT, method_.c_str())
                                  : host_->fail(vm_, status, &failure);
}

// One line of output: an item of `each`, if there is one, and the parameters, with tabs between.
void ProcessVm::write_line(fk_level level, const fk_value *first, const fk_value &params) noexcept {
    bool separate = false;
    const auto write = [&](const fk_value &text) {
        if (std::exchange(separate, true)) host_->output(vm_, level, "\t", 1);
        if (text.type == FK_STRING) host_->output(vm_, level, text.as.string, text.size);
    };
    if (first) write(*first);
    for (uint32_t i = 0; params.type == FK_ARRAY && i < params.size; i++) write(params.as.items[i]);
    host_->output(vm_, level, "\n", 1);
}

// A piece of output of a child of ours; may stand for several.
void ProcessVm::take_output(const RpcMessage &message) noexcept {
    static constexpr std::string_view levels[] = {"print", "debug", "info", "warning", "critical"};
    const fk_value &params = message.params;
    if (params.type != FK_ARRAY || params.size != 2 || params.as.items[0].type != FK_STRING ||
        params.as.items[1].type != FK_STRING)
        return;
    const fk_value &text = params.as.items[0];
    const auto *known =
        std::find(std::begin(levels), std::end(levels), text_of(params.as.items[1]));
    const auto level = known == std::end(levels) ? 0 : known - std::begin(levels);
    host_->output(vm_, static_cast<fk_level>(level), text.as.string, text.size);
}

// What any child may say of output and of itself, and what is no host method. True: it was that.
bool ProcessVm::output_of(const RpcMessage &message) noexcept {
    static constexpr struct {
        std::string_view method;
        fk_level level;
    } levels[] = {{"print", FK_LEVEL_PRINT},
                  {"qDebug", FK_LEVEL_DEBUG},
                  {"qInfo", FK_LEVEL_INFO},
                  {"qWarning", FK_LEVEL_WARNING},
                  {"qCritical", FK_LEVEL_CRITICAL}};
    if (strict_names_) return false;
    for (const auto &entry : levels) {
        if (entry.method != message.method) continue;
        if (message.each.type != FK_ARRAY) write_line(entry.level, nullptr, message.params);
        for (uint32_t i = 0; message.each.type == FK_ARRAY && i < message.each.size; i++)
            write_line(entry.level, &message.each.as.items[i], message.params);
        return true;
    }
    return false;
}

fk_status ProcessVm::greeting(const RpcMessage &hello) {
    greeted_ = true;
    const fk_value *first = hello.params.type == FK_ARRAY && hello.params.size
                                ? &hello.params.as.items[0]
                                : &hello.params;
    const fk_value *version = member(*first, "protocol");
    const fk_value *interrupt = member(*first, "interrupt");
    polite_ = interrupt && interrupt->type == FK_BOOL && interrupt->as.integer;
    const fk_value *sandbox = member(*first, "sandbox");
    if (sandbox && sandbox->type == FK_STRING) sandbox_ = text_of(*sandbox);
    for (const char *part : {"name", "version", "lua"}) {
        const fk_value *text = member(*first, part);
        if (!text || text->type != FK_STRING || runtime_.size() + text->size > longest_runtime)
            continue;
        if (!runtime_.empty()) runtime_ += part == std::string_view("lua") ? ", " : " ";
        runtime_ += text_of(*text);
    }
    if (!version || (version->type == FK_INT && version->as.integer == protocol_version))
        return check_sandbox();
    char *text = nullptr;
    host_->to_json(version, &text, nullptr);
    problem_ = "the child '" + name_ + "' speaks protocol " + (text ? text : "?") +
               ", this library " + std::to_string(protocol_version) +
               ": update the older of the two";
    host_->text_free(text);
    return FK_PROTOCOL;
}

fk_status ProcessVm::check_sandbox() {
    const auto reached = [&](const char *part) { return sandbox_.find(part) != std::string::npos; };
    if (options_->sandbox != FK_SANDBOX_STRICT ||
        (reached("rlimit") && reached("landlock") && reached("seccomp")))
        return FK_OK;
    problem_ = "the sandbox level strict needs rlimit, landlock and seccomp, and it reached '" +
               sandbox_ + "'";
    return FK_OPEN_FAILED;
}

// The child's own fk_vm_open failed: its error becomes ours.
fk_status ProcessVm::loading_failed(const RpcMessage &message) {
    const auto text = [&](uint32_t i) {
        const bool there = message.params.type == FK_ARRAY && i < message.params.size &&
                           message.params.as.items[i].type == FK_STRING;
        return there ? std::string(text_of(message.params.as.items[i])) : std::string();
    };
    const std::string name = text(0), traceback = text(2);
    const std::string why = text(1);
    fk_status status = FK_OPEN_FAILED;
    for (int s = FK_INVALID; s <= FK_BUSY; s++)
        if (name == fk_status_name(static_cast<fk_status>(s))) status = static_cast<fk_status>(s);
    if (patience_.reason() != FK_OK) status = patience_.reason();
    const bool host_says = status == FK_TIMEOUT || status == FK_INTERRUPTED;
    child_.reap(exit_grace_ms);
    end_child();
    drain_stderr();
    dead_ = loading_failed_ = true;
    const fk_failure failure{sizeof failure,
                             host_says ? nullptr : why.c_str(),
                             traceback.empty() ? nullptr : traceback.c_str(),
                             0,
                             0,
                             true};
    return host_->fail(vm_, status, &failure);
}

void ProcessVm::take_memory(const fk_value &params) noexcept {
    if (params.type != FK_ARRAY || params.size != 2) return;
    std::atomic<uint64_t> *const targets[] = {&memory_, &memory_peak_};
    for (int i = 0; i < 2; i++)
        if (params.as.items[i].type == FK_INT)
            targets[i]->store(static_cast<uint64_t>(params.as.items[i].as.integer),
                              std::memory_order_relaxed);
}

// The protocol's own notifications. Who uses these names leaves all others to its scripts.
fk_status ProcessVm::take_own(const RpcMessage &message) {
    const std::string_view name = message.method.substr(2);
    if (name == "output") return take_output(message), FK_OK;
    if (name == "memory") return take_memory(message.params), FK_OK;
    if (name == "starting" || name == "hello") strict_names_ = true;
    if (name == "hello" && !greeted_) return greeting(message);
    if (name == "failed" && !greeted_) return loading_failed(message);
    return FK_OK; // of a later protocol
}

fk_status ProcessVm::notification(Peer &, const RpcMessage &message) noexcept {
    try {
        if (message.method.starts_with("$/")) return take_own(message);
        if (message.method == "hello" && !greeted_ && !strict_names_) return greeting(message);
        if (output_of(message)) return FK_OK;
        return dispatch(message, true, nullptr);
    } catch (...) {
        return FK_NO_MEMORY;
    }
}

// "each":[3,4,5] stands for as many notifications, the first parameter being each of these in turn.
fk_status ProcessVm::dispatch(const RpcMessage &message, bool notification, fk_answer *answer) {
    const std::string_view method = message.method;
    const fk_status status = message.each.type == FK_ARRAY
                                 ? host_->dispatch_each(vm_, method.data(), method.size(),
                                                        &message.each, &message.params)
                                 : host_->dispatch(vm_, method.data(), method.size(),
                                                   &message.params, notification, answer);
    if (status == FK_PROTOCOL)
        problem_ = "it called host methods more than max_host_calls, " +
                   std::to_string(options_->max_host_calls) + " times, in one call";
    return notification && status != FK_PROTOCOL ? FK_OK : status;
}

fk_status ProcessVm::request(Peer &peer, const RpcMessage &message) noexcept {
    static const fk_value none{};
    if (output_of(message)) return peer.reply(message.id, none);
    fk_answer answer{};
    const fk_status status = guarded([&] { return dispatch(message, false, &answer); });
    if (dead_) return FK_VM_DIED; // a nested call killed it
    if (status == FK_PROTOCOL) return status;
    if (const fk_status reason = ask_before_answer()) return reason;
    const fk_status sent = status == FK_OK ? peer.reply(message.id, *answer.result) : FK_OK;
    if (sent == FK_BAD_VALUE)
        return peer.error(
            message.id, FK_CODE_BAD_VALUE,
            "value cannot cross: the result would be a message longer than max_message", nullptr);
    if (status == FK_OK) return sent;
    return peer.error(message.id, answer.code ? answer.code : FK_CODE_INTERNAL,
                      answer.message ? answer.message : "failed", nullptr);
}

fk_status ProcessVm::stray(Peer &peer, std::string_view line, const RpcMessage &message) noexcept {
    try {
        const bool answer = message.kind == RpcMessage::Result || message.kind == RpcMessage::Error;
        if (is_host_) {
            problem_ =
                answer ? "it answered a request that is not open, id " + std::to_string(message.id)
                : message.problem ? std::string(message.problem) + " (at byte " +
                                        std::to_string(message.offset) + ")"
                                  : std::string("it sent a line that is no message");
            problem_ += ": " + quoted(line);
            return FK_PROTOCOL;
        }
        if (message.kind == RpcMessage::NotRpc) {
            host_->output(vm_, FK_LEVEL_STDOUT, line.data(), line.size());
            host_->output(vm_, FK_LEVEL_STDOUT, "\n", 1);
            return FK_OK;
        }
        if (dropped_.fetch_add(1, std::memory_order_relaxed) == 0) {
            const std::string record =
                "the child '" + name_ + "' sent what cannot be used (counted from now on): " +
                (message.problem ? message.problem : "an answer to no open request") + ": " +
                quoted(line) + "\n";
            host_->output(vm_, FK_LEVEL_WARNING, record.data(), record.size());
        }
        if (answer) return FK_OK;
        if (++broken_ >= most_broken) {
            problem_ = "it sent " + std::to_string(most_broken) +
                       " broken messages, the last: " + quoted(line);
            return FK_PROTOCOL;
        }
        const int64_t id =
            message.method.empty() ? 0 : message.id; // that of an answer is none of the child's
        return peer.error(id, message.parse_error ? -32700 : -32600, message.problem, nullptr);
    } catch (...) {
        return FK_NO_MEMORY;
    }
}

void ProcessVm::unwatch_stderr() noexcept {
    stderr_open_ = false;
    ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, child_.err(), nullptr);
}

void ProcessVm::stats(fk_stats *stats) const noexcept {
    stats->pid = child_.pid();
    stats->from_template = from_template_;
    stats->memory = memory_.load(std::memory_order_relaxed);
    stats->memory_peak = memory_peak_.load(std::memory_order_relaxed);
    stats->bytes_in = bytes_in_.load(std::memory_order_relaxed);
    stats->bytes_out = bytes_out_.load(std::memory_order_relaxed);
    stats->messages_dropped = dropped_.load(std::memory_order_relaxed);
    stats->rss = resident_bytes(child_.pid());
    stats->sandbox_reached = sandbox_.c_str();
    stats->runtime = runtime_.c_str();
    stats->limited_by = polite_ ? "the child, or a kill" : "a kill";
}

} // namespace fkvm
