// SPDX-License-Identifier: MIT
// How much stack there is: found once, wherever in the thread one looks first.
#include "base/stack.h"
#include "unit.h"

#include <alloca.h>
#include <sys/resource.h>

namespace {

uintptr_t here() noexcept { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)); }

[[gnu::noinline]] void look() {
    fkvm::stack_range = {};
    assert_true(fkvm::this_stack().left > 0);
}

[[gnu::noinline]] void look_from_below() {
    constexpr size_t some_pages = 64 << 10;
    auto *room = static_cast<volatile char *>(alloca(some_pages));
    room[0] = 0;
    look();
    assert_int_equal(room[0], 0);
}

// The next call may come from further up the stack: only the first of them reads /proc/self/maps.
void calls_from_above_look_once(void **) {
    look_from_below();
    assert_true(here() >= fkvm::stack_range.high);
    const fkvm::Stack first = fkvm::this_stack();
    fkvm::forget_own_stack(); // as each call does
    assert_true(here() >= fkvm::stack_range.low && here() < fkvm::stack_range.high);
    assert_int_equal(fkvm::this_stack().size, first.size);
}

void a_limitless_stack_is_known(void **) {
    rlimit before;
    assert_int_equal(getrlimit(RLIMIT_STACK, &before), 0);
    const rlimit none{before.rlim_max, before.rlim_max};
    if (before.rlim_max != RLIM_INFINITY || setrlimit(RLIMIT_STACK, &none) != 0) skip();
    calls_from_above_look_once(nullptr);
    assert_true(fkvm::this_stack().left > 1 << 20);
    assert_int_equal(setrlimit(RLIMIT_STACK, &before), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(calls_from_above_look_once),
        cmocka_unit_test(a_limitless_stack_is_known),
    };
    return cmocka_run_group_tests_name("stack", tests, nullptr, nullptr);
}
