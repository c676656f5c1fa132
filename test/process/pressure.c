/* SPDX-License-Identifier: MIT */
/* A server that is slower than its child holds the child up: neither piles up what it has not
 * handled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fk_vm.h"

enum { messages = 20000, size = 4000, most_growth_kb = 6000, limit_s = 60 };

static int64_t child, handled;

/* "VmHWM" of the child, or of this process for "self": the most it ever had, in kB. */
static long peak_kb(const char *process) {
    char path[64], line[256];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%s/status", process);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld kB", &kb) == 1) break;
    fclose(file);
    assert_true(kb > 0);
    return kb;
}

static char child_state(void) {
    char path[64], text[256] = "", state = '?';
    snprintf(path, sizeof path, "/proc/%lld/stat", (long long)child);
    FILE *file = fopen(path, "r");
    if (!file) return '?';
    if (fgets(text, sizeof text, file) && strrchr(text, ')')) state = strrchr(text, ')')[2];
    fclose(file);
    return state;
}

/* At the first message the server stands still until the child does, too. */
static fk_status sink(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request;
    const time_t start = time(NULL);
    for (int sleeping = 0; handled == 0 && sleeping < 20 && time(NULL) - start < limit_s;
         poll(NULL, 0, 5))
        sleeping = child_state() == 'S' ? sleeping + 1 : 0;
    if (params->items[0].integer == handled + 1) handled++;
    return FK_OK;
}

static void nothing_piles_up(void **state) {
    (void)state;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    const fk_method methods[] = {{"sink", sink, NULL, 0, {0}}, {0}};
    options.backend = "process";
    options.script = FK_PRESSURE_LUA;
    options.methods = methods;
    options.call_timeout = limit_s * 1000;
    fk_vm *vm;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OK);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    child = stats.pid;
    char pid[32];
    snprintf(pid, sizeof pid, "%lld", (long long)child);
    const fk_value few[] = {FK_INT(1), FK_INT(size)}, many[] = {FK_INT(messages), FK_INT(size)};
    handled = 1;
    assert_int_equal(fk_vm_call(vm, "flood", &FK_ARRAY(few), NULL), FK_OK);
    const long child_before = peak_kb(pid), own_before = peak_kb("self");
    handled = 0;
    assert_int_equal(fk_vm_call(vm, "flood", &FK_ARRAY(many), NULL), FK_OK);
    assert_int_equal(handled, messages);
    assert_in_range(peak_kb(pid) - child_before, 0, most_growth_kb);
    assert_in_range(peak_kb("self") - own_before, 0, most_growth_kb);
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_piles_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
