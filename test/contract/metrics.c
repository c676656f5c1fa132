/* SPDX-License-Identifier: MIT */
/* fk_metrics: what was done is in the text, and stays there when the VM has been closed. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void get_metrics(uint32_t flags, char **text) {
    size_t size = 0;
    expect_status(fk_metrics(flags, text, &size), FK_OK);
    assert_int_equal(strlen(*text), size);
}

/* What stands behind that name and those labels; -1: nothing. */
static double value(const char *line) {
    char *text = NULL, start[256];
    get_metrics(0, &text);
    snprintf(start, sizeof start, "\n%s ", line);
    const char *found = strstr(text, start);
    const double number = found ? atof(found + strlen(start)) : -1;
    fk_text_free(text);
    return number;
}

static char backend[256]; /* its name in the metrics */

static fk_vm *open_vm(const fk_vm_options *options) {
    fk_vm *vm = contract_open_with(options);
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    snprintf(backend, sizeof backend, "%s", stats.backend);
    return vm;
}

static double of_backend(const char *metric, const char *more) {
    char line[256];
    snprintf(line, sizeof line, "%.60s{backend=\"%.100s\"%.30s}", metric, backend, more);
    const double number = value(line);
    return number < 0 ? 0 : number;
}

static double opens(void) {
    return of_backend("fkvm_opens_total", ",kind=\"fresh\"") +
           of_backend("fkvm_opens_total", ",kind=\"template\"");
}

static void counts_stay_after_close(void **state) {
    (void)state;
    const fk_vm_options options = contract_options("host.lua");
    contract_close(open_vm(&options)); /* tells the name */
    const double opened = opens(), calls = of_backend("fkvm_calls_total", ""),
                 idle = of_backend("fkvm_vms", ",state=\"idle\"");
    fk_vm *vm = contract_open("host.lua");
    assert_true(opens() >= opened + 1);
    assert_true(of_backend("fkvm_vms", ",state=\"idle\"") >= idle + 1);
    for (int i = 0; i < 3; i++) expect_call(vm, "ask", "[\"echo\",7]", "7");
    assert_true(of_backend("fkvm_calls_total", "") >= calls + 3);
    const double now = of_backend("fkvm_calls_total", "");
    contract_close(vm);
    assert_true(of_backend("fkvm_calls_total", "") >= now);
    assert_true(of_backend("fkvm_vms", ",state=\"idle\"") <= idle);
}

static void times_by_method(void **state) {
    (void)state;
    const char *const host = "fkvm_host_method_duration_seconds_count{method=\"echo\"}",
                      *const all =
                          "fkvm_host_method_duration_seconds_bucket{method=\"echo\",le=\"+Inf\"}",
                      *const call = "fkvm_call_duration_seconds_count{method=\"ask\"}";
    const double before = value(host) < 0 ? 0 : value(host),
                 calls = value(call) < 0 ? 0 : value(call);
    fk_vm *vm = contract_open("host.lua");
    for (int i = 0; i < 5; i++) expect_call(vm, "ask", "[\"echo\",7]", "7");
    assert_true(value(host) >= before + 5);
    assert_true(value(all) >= before + 5);
    assert_true(value(call) >= calls + 5);
    contract_close(vm);
    assert_true(value(host) >= before + 5);
    assert_true(value("fkvm_host_method_duration_seconds_sum{method=\"echo\"}") > 0);
}

static void limits_by_name(void **state) {
    (void)state;
    const char *const limit = "fkvm_limits_total{limit=\"call_timeout\"}";
    const double before = value(limit);
    fk_vm_options options = contract_options("limits.lua");
    options.call_timeout = 100;
    fk_vm *vm = open_vm(&options);
    expect_call_fails(vm, "spin", NULL, FK_TIMEOUT, NULL);
    assert_true(value(limit) >= before + 1);
    contract_close(vm);
}

static void names_beyond_the_bound(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    for (int i = 0; i < 150; i++) {
        char name[32];
        snprintf(name, sizeof name, "no_such_%d", i);
        expect_call_fails(vm, name, NULL, FK_NO_METHOD, NULL);
    }
    contract_close(vm);
    assert_true(value("fkvm_call_duration_seconds_count{method=\"other\"}") >= 50);
    char *text = NULL;
    get_metrics(0, &text);
    int names = 0;
    for (const char *at = text; (at = strstr(at, "fkvm_call_duration_seconds_count{")); at++)
        names++;
    assert_true(names <= 101);
    fk_text_free(text);
}

/* For promtool. */
static void keep(const char *variable, const char *text) {
    const char *path = getenv(variable);
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fputs(text, file);
    fclose(file);
}

static void two_formats(void **state) {
    (void)state;
    char *open_metrics = NULL, *plain = NULL;
    get_metrics(0, &open_metrics);
    get_metrics(FK_METRICS_PLAIN, &plain);
    expect_contains(open_metrics, "# TYPE fkvm_calls counter\n");
    assert_string_equal(open_metrics + strlen(open_metrics) - 6, "# EOF\n");
    expect_contains(plain, "# TYPE fkvm_calls_total counter\n");
    assert_null(strstr(plain, "# EOF"));
    keep("FK_METRICS_FILE", plain);
    keep("FK_OPEN_METRICS_FILE", open_metrics);
    fk_text_free(open_metrics);
    fk_text_free(plain);
    char *text = (char *)1;
    expect_status(fk_metrics(8, &text, NULL), FK_INVALID);
    assert_null(text);
    expect_status(fk_metrics(0, NULL, NULL), FK_INVALID);
    expect_status(fk_metrics(0, &text, NULL), FK_OK);
    fk_text_free(text);
}

static const struct CMUnitTest tests[] = {TEST(counts_stay_after_close), TEST(times_by_method),
                                          TEST(limits_by_name), TEST(names_beyond_the_bound),
                                          TEST(two_formats)};
TOPIC(metrics, tests);
