// SPDX-License-Identifier: MIT
// A child's own limits, by ticks: late by one at most, and never early.
#include "process/child/work_limits.h"

#include "unit.h"

using namespace fkvm;

namespace {

constexpr uint64_t period = 25'000'000;

// Ticks until something has to end.
int ticks(Limits &limits) {
    int count = 1;
    while (count < 100 && limits.tick(period) == Limits::Next::Nothing) count++;
    return count;
}

void a_limit_is_never_early(void **) {
    fk_vm_options options{};
    options.call_timeout = 100;
    options.open_timeout = 50;
    options.close_timeout = 100;
    Limits limits(options);
    {
        const Limits::Piece piece(limits, {Work::Notification, "f"}, 1);
        assert_int_equal(ticks(limits), 5); // the first may come at once
        assert_int_equal(limits.must_end(), FK_TIMEOUT);
    }
    assert_int_equal(limits.must_end(), FK_OK);
    {
        const Limits::Piece piece(limits, {Work::Open, "f"}, 2);
        assert_int_equal(ticks(limits), 3);
    }
    // The server ends a child that closes at the same limit: rather early than killed.
    const Limits::Piece piece(limits, {Work::Close, "f"}, 3);
    assert_int_equal(ticks(limits), 4);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(a_limit_is_never_early)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
