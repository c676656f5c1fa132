// SPDX-License-Identifier: MIT
// fk_host over a peer: what the embedded backend asks, the server answers.
#include "process/exit_codes.h"
#include "vm.h"
#include "wire/json.h"
#include "wire/value.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace fkvm;

namespace {

constexpr size_t longest_message = 1 << 16;

const char *level_name(fk_level level) noexcept {
    static const char *const names[] = {"print", "debug", "info", "warning", "critical"};
    return names[level];
}

} // namespace

fk_status fk_vm::dispatch(std::string_view method, const fk_value *params, bool notification,
                          fk_answer *answer) noexcept {
    peer_.let_go(&frame_->answer);
    const uint32_t most = options_.max_host_calls;
    if (most != FK_NO_LIMIT && host_calls_++ >= most) return FK_PROTOCOL;
    return notification ? notify_server(method, params) : call_server(method, params, answer);
}

fk_status fk_vm::call_server(std::string_view method, const fk_value *params,
                             fk_answer *answer) noexcept {
    if (template_) template_->give_up(); // nobody is there to answer; a VM of its own may ask
    Frame &frame = *frame_;
    const Limits::Pause pause(limits_);
    const fk_status status = peer_.call(method, params, &frame.answer);
    if (status == FK_BAD_VALUE) return refuse(answer, FK_CODE_BAD_VALUE, too_long("params"));
    if (status != FK_OK) leave(status);
    const PeerAnswer &said = frame.answer.message;
    if (said.kind != RpcMessage::Result)
        return refuse(answer, static_cast<int32_t>(said.code), said.text);
    *answer = {&said.value, 0, ""};
    return FK_OK;
}

fk_status fk_vm::refuse(fk_answer *answer, int32_t code, std::string_view why) noexcept {
    static const fk_value none{};
    try {
        frame_->answer_text.assign(why.substr(0, longest_message));
        *answer = {&none, code, frame_->answer_text.c_str()};
    } catch (...) {
        *answer = {&none, code, "out of memory"};
    }
    return FK_SCRIPT_ERROR;
}

fk_status fk_vm::notify_server(std::string_view method, const fk_value *params) noexcept {
    keep_room_in_template();
    const fk_status status = peer_.notify(method, params);
    if (status == FK_BAD_VALUE) {
        const std::string record =
            "the notification '" + std::string(method) + "' failed: " + too_long("params") + "\n";
        output(FK_LEVEL_WARNING, record);
    } else if (status != FK_OK) {
        leave(status);
    }
    return FK_OK;
}

// Half a message may have been written, or nobody is left to answer.
void fk_vm::leave(fk_status why) noexcept {
    ::_exit(why == FK_NO_MEMORY ? out_of_memory_exit : why == FK_VM_DIED ? 0 : 1);
}

// What a template says is kept, and said again by every copy.
void fk_vm::keep_room_in_template() noexcept {
    if (template_ && peer_.kept() > most_kept) template_->give_up();
}

fk_status fk_vm::result(const fk_value *value) noexcept {
    Frame &frame = *frame_;
    if (!frame.id) return FK_OK;
    if (!frame.outer) finish_output(); // before the answer, as if it had been written at once
    const fk_status status = peer_.reply(frame.id, *value);
    if (status == FK_BAD_VALUE) {
        const std::string message = too_long("result");
        const fk_failure failure{sizeof failure, message.c_str(), nullptr, 0, 0,
                                 false,          FK_DEATH_NONE};
        return fail(FK_BAD_VALUE, &failure);
    }
    if (status != FK_OK) leave(status);
    frame.answered = true;
    return FK_OK;
}

namespace {

bool is_record(fk_level level) noexcept { return level != FK_LEVEL_PRINT; }

// In halves, where the first does not end: its end would be taken for that of the record.
size_t half_of(std::string_view text) noexcept {
    const size_t half = text.size() / 2, last = text.find_last_not_of('\n', half - 1);
    return last == text.npos ? half : last + 1;
}

} // namespace

// Whole lines and records leave; the rest waits for its end, as long as the work goes on.
void fk_vm::output(fk_level level, std::string_view text) noexcept try {
    if (level > FK_LEVEL_CRITICAL) level = FK_LEVEL_PRINT;
    std::string &held = unfinished_[level];
    const bool ends = text.ends_with('\n');
    const size_t whole = ends ? text.size() : is_record(level) ? 0 : text.rfind('\n') + 1;
    if (held.empty() && whole == text.size()) return say_output(level, text);
    held.append(text.substr(0, whole));
    if (whole || held.size() > longest_message) say_output(level, std::exchange(held, {}));
    held.append(text.substr(whole));
    has_unfinished_ = true;
} catch (...) {
    leave(FK_NO_MEMORY);
}

void fk_vm::finish_output() noexcept {
    if (!std::exchange(has_unfinished_, false)) return;
    for (size_t level = 0; level < std::size(unfinished_); level++)
        if (!unfinished_[level].empty())
            say_output(static_cast<fk_level>(level), std::exchange(unfinished_[level], {}));
}

void fk_vm::say_output(fk_level level, std::string_view text) noexcept {
    if (text.empty()) return;
    keep_room_in_template();
    const fk_value params[] = {FK_BYTES(text.data(), text.size()), FK_STR(level_name(level))};
    const fk_value list = FK_ARRAY(params);
    const fk_status status = peer_.notify("$/output", &list);
    if (status == FK_BAD_VALUE) { // longer than max_message
        const size_t half = half_of(text);
        say_output(level, text.substr(0, half));
        say_output(level, text.substr(half));
    } else if (status != FK_OK) {
        leave(status);
    }
}

fk_status fk_vm::fail(fk_status status, const fk_failure *failure) noexcept {
    const auto text = [](const char *from) { return from ? from : ""; };
    try {
        failure_.status = status;
        failure_.code = failure ? failure->code : 0;
        failure_.message = failure && failure->message ? failure->message
                           : status == FK_TIMEOUT || status == FK_INTERRUPTED
                               ? why_ended(frame_->piece.work(), status, options_)
                               : fk_status_name(status);
        failure_.traceback = text(failure ? failure->traceback : nullptr);
    } catch (...) {
        leave(FK_NO_MEMORY);
    }
    return status;
}

namespace {

fk_status dispatch(fk_vm *vm, const char *method, size_t size, const fk_value *params,
                   bool notification, fk_answer *answer) {
    return vm->dispatch({method, size}, params, notification, answer);
}

// The embedded backend has no lists of notifications; for one that has.
fk_status dispatch_each(fk_vm *vm, const char *method, size_t size, const fk_value *each,
                        const fk_value *rest) {
    std::vector<fk_value> params{fk_value{}};
    if (rest) params.insert(params.end(), rest->items, rest->items + rest->size);
    const fk_value list = FK_ITEMS(params.data(), params.size());
    for (uint32_t i = 0; i < each->size; i++) {
        params[0] = each->items[i];
        if (const fk_status s = vm->dispatch({method, size}, &list, true, nullptr)) return s;
    }
    return FK_OK;
}

fk_status result(fk_vm *vm, const fk_value *value) { return vm->result(value); }
void output(fk_vm *vm, fk_level level, const char *text, size_t size) {
    vm->output(level, {text, size});
}
fk_status fail(fk_vm *vm, fk_status status, const fk_failure *failure) {
    return vm->fail(status, failure);
}
fk_status must_end(fk_vm *vm) { return vm->must_end(); }
uint64_t deadline(fk_vm *) { return UINT64_MAX; } // ticks tell it, must_end() hears of it

fk_status copy(const fk_value *value, fk_value **to) {
    *to = copy_value(*value);
    return *to ? FK_OK : FK_NO_MEMORY;
}
void free_value(fk_value *value) { std::free(value); }

fk_status to_json(const fk_value *value, char **text, size_t *size) {
    Buffer out;
    if (!write_json(out, *value) || !out.append('\0')) return FK_NO_MEMORY;
    *text = static_cast<char *>(std::malloc(out.size()));
    if (!*text) return FK_NO_MEMORY;
    std::memcpy(*text, out.data(), out.size());
    if (size) *size = out.size() - 1;
    return FK_OK;
}

fk_status from_json(const char *text, size_t size, fk_value **value) {
    Arena arena;
    fk_value read;
    JsonError error;
    if (!read_json({text, size}, arena, JsonLimits{}, &read, &error)) return FK_BAD_VALUE;
    return copy(&read, value);
}
void free_text(char *text) { std::free(text); }

} // namespace

const fk_host fkvm::child_host = {sizeof(fk_host), FK_BACKEND_ABI, dispatch,   dispatch_each,
                                  result,          output,         fail,       must_end,
                                  deadline,        copy,           free_value, to_json,
                                  from_json,       free_text,      nullptr};
