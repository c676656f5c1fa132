// SPDX-License-Identifier: MIT
#include "later.h"

#include "error.h"
#include "request.h"
#include "vm.h"

#include <chrono>
#include <cstring>

namespace fkvm {

namespace {

// Signal handlers, too, may ask work to end, and can tell no condition variable.
constexpr auto look_again = std::chrono::milliseconds(5);

bool must_end(fk_vm *vm, uint64_t since) noexcept {
    const uint32_t limit = vm->options.get().host_timeout;
    const uint64_t spent = vm->host_time + (RunningClock::now() - since);
    if (limit != FK_NO_LIMIT && spent > uint64_t{limit} * 1'000'000)
        vm->ending.wish(Ending::HostLimit);
    return vm->ending.reason() != Ending::None || vm->closing.load(std::memory_order_relaxed);
}

} // namespace

bool LaterAnswer::give(fk_value *result, int32_t code, const char *message) noexcept {
    const std::lock_guard lock(mutex_);
    if (!is_awaited_ || is_given_) return fk_value_free(result), false;
    result_ = result;
    code_ = code;
    try {
        message_ = message ? message : "failed";
    } catch (const std::bad_alloc &) { // the code says enough
    }
    is_given_ = true;
    given_.notify_one();
    return true;
}

bool LaterAnswer::wait(fk_vm *vm, std::unique_lock<std::mutex> &lock) {
    const uint64_t start = RunningClock::now();
    while (!given_.wait_for(lock, look_again, [&] { return is_given_; }))
        if (must_end(vm, start)) return false;
    return true;
}

void LaterAnswer::end(fk_request *request) {
    std::unique_lock lock(mutex_);
    // What the callback itself has said counts.
    const bool has_come = !request->answered && wait(request->vm, lock);
    is_awaited_ = false;
    if (request->answered) return;
    if (!has_come)
        fk_fail(request, FK_CODE_INTERNAL, "the call ended before its host method was answered");
    else if (code_)
        fk_fail(request, code_, message_.c_str());
    else
        fk_reply(request, result_);
}

} // namespace fkvm

using namespace fkvm;

namespace {

// The status of a value that was made for it; later is gone whatever comes of it.
fk_status give(fk_later *later, const char *function, fk_status made, fk_value *result) noexcept {
    const std::unique_ptr<fk_later> owned(later);
    if (made != FK_OK) {
        const std::string_view why = fk_error_last()->message;
        const int32_t code = made == FK_NO_MEMORY ? FK_CODE_INTERNAL : FK_CODE_BAD_VALUE;
        owned->answer->give(nullptr, code, why.data());
        return made;
    }
    if (owned->answer->give(result, 0, nullptr)) return succeed();
    return failf(FK_INTERRUPTED, "%s: nobody waits for the answer any more", function);
}

} // namespace

extern "C" {

fk_later *fk_request_later(fk_request *request) {
    if (!request || request->notification || request->later) return nullptr;
    try {
        auto later = std::make_unique<fk_later>();
        later->answer = std::make_shared<LaterAnswer>();
        request->later = later->answer;
        return later.release();
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

fk_status fk_later_reply(fk_later *later, const fk_value *result) {
    if (!later) return fail(FK_INVALID, "fk_later_reply: later is NULL");
    static const fk_value null{};
    fk_value *copy = nullptr;
    const fk_status made = fk_value_copy(result ? result : &null, &copy);
    return give(later, "fk_later_reply", made, copy);
}

fk_status fk_later_reply_json(fk_later *later, const char *result) {
    if (!later) return fail(FK_INVALID, "fk_later_reply_json: later is NULL");
    if (!result) return fk_later_reply(later, nullptr);
    fk_value *value = nullptr;
    const fk_status made = fk_value_from_json(result, std::strlen(result), &value);
    return give(later, "fk_later_reply_json", made, value);
}

fk_status fk_later_fail(fk_later *later, int32_t code, const char *message) {
    if (!later) return fail(FK_INVALID, "fk_later_fail: later is NULL");
    const std::unique_ptr<fk_later> owned(later);
    if (owned->answer->give(nullptr, code ? code : FK_CODE_INTERNAL, message)) return succeed();
    return fail(FK_INTERRUPTED, "fk_later_fail: nobody waits for the answer any more");
}

} // extern "C"
