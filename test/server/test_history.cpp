// SPDX-License-Identifier: MIT
// The curve of memory keeps its length and its peaks, however long the server runs. Names of reports.
#include "deaths.h"
#include "history.h"

#include <algorithm>
#include <csetjmp>
#include <cstdarg>
extern "C" {
#include <cmocka.h>
}

using namespace server;

namespace {

void few_points_stay_as_they_are(void **) {
    History history;
    for (int i = 1; i <= 10; i++) history.add({double(i), uint64_t(i)});
    assert_int_equal(history.latest().size(), 10);
    assert_int_equal(history.all().size(), 10);
    assert_int_equal(history.all()[4].scripts, 5);
}

void many_become_fewer_and_keep_peaks(void **) {
    constexpr int days = 3 * 86400, peak = 100'000;
    History history;
    for (int i = 1; i <= days; i++)
        history.add(
            {double(i), i == peak ? uint64_t{9000} : uint64_t{7}, 1, i == 17 ? uint64_t{5} : 0});
    assert_int_equal(history.latest().size(), History::most);
    assert_true(history.latest().back().seconds == days);
    const auto &all = history.all();
    assert_in_range(all.size(), History::most / 2, History::most);
    assert_true(all.back().seconds == days);
    uint64_t scripts = 0, server = 0;
    for (size_t i = 0; i < all.size(); i++) {
        scripts = std::max(scripts, all[i].scripts);
        server = std::max(server, all[i].server);
        if (i > 0) assert_true(all[i].seconds > all[i - 1].seconds);
    }
    assert_int_equal(scripts, 9000);
    assert_int_equal(server, 5);
}

void only_reports_have_such_names(void **) {
    assert_true(is_report("fkvm-20261127T120000Z-1234-1"));
    for (const char *name :
         {"", ".", "..", "fkvm-", "fkvm-20261127T120000Z-1234-", "fkvm-20261127T120000Z-1234-1/",
          "fkvm-20261127T120000Z-1234-1/..", "../fkvm-20261127T120000Z-1234-1",
          ".fkvm-20261127T120000Z-1234-1", "fkvm-2026112T120000Z-1234-1",
          "fkvm-20261127T120000Z-1234-1.", "fkvm-20261127T120000Z-123456789012345678901-1"})
        assert_false(is_report(name));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(few_points_stay_as_they_are),
        cmocka_unit_test(many_become_fewer_and_keep_peaks),
        cmocka_unit_test(only_reports_have_such_names),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
