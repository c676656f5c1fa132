// SPDX-License-Identifier: MIT
#include "later.h"

#include "error.h"
#include "request.h"
#include "vm.h"

#include <chrono>

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
