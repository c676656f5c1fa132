/* SPDX-License-Identifier: MIT */
/* A program whose headers are of another release than the library: older (the library was built
 * with a field more in each sized struct) or, with NEWER, newer. Both must work as long as no new
 * field is used. */
#include "fk_vm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static fk_status twice(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    const fk_value result = FK_INT(params->items[0].integer * 2);
    return fk_reply(request, &result);
}

static const fk_method methods[] = {{.name = "twice", .call = twice}, {0}};

static fk_vm_options options_here(void) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = FK_TEST_BACKEND;
    options.directory = FK_TEST_FOLDER;
    options.script = "other_release.lua";
    options.methods = methods;
    return options;
}

/* What lies behind the structs here must not be written to. */
typedef struct guarded {
    fk_stats stats;
    unsigned char behind[64];
} guarded;

static void works(void **state) {
    (void)state;
    const fk_vm_options options = options_here();
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OK);

    const fk_value params[] = {FK_INT(21)};
    fk_value *result = NULL;
    assert_int_equal(fk_vm_call(vm, "ask", &FK_ARRAY(params), &result), FK_OK);
    assert_int_equal(result->integer, 42);
    fk_value_free(result);

    assert_int_equal(fk_vm_call(vm, "fail", NULL, NULL), FK_SCRIPT_ERROR);
    assert_non_null(strstr(fk_error_last()->message, "as was wanted"));
    assert_string_equal(fk_error_last()->method, "fail");
    assert_true(fk_error_last()->vm_alive);

    guarded g = {.stats = FK_STATS_INIT};
    memset(g.behind, 0x5a, sizeof g.behind);
    assert_int_equal(fk_vm_stats(vm, &g.stats), FK_OK);
    assert_int_equal(g.stats.calls, 2);
    assert_int_equal(g.stats.size, sizeof(fk_stats));
    for (size_t i = 0; i < sizeof g.behind; i++) assert_int_equal(g.behind[i], 0x5a);

    fk_method_stats method = {.size = sizeof method};
    assert_int_equal(fk_vm_method_stats(vm, 0, &method), FK_OK);
    assert_string_equal(method.name, "twice");
    assert_int_equal(method.calls, 1);
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

static void release_0_1(void **state) {
    (void)state;
    fk_vm_options options = options_here();
    options.size = sizeof(void *) == 8 ? 144 : 96;
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OK);
    fk_stats stats = {.size = sizeof(void *) == 8 ? 160 : 144};
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    assert_true(stats.alive);
    assert_int_equal(fk_vm_close(vm), FK_OK);
    options.size -= 8;
    assert_int_equal(fk_vm_open(&options, &vm), FK_INVALID);
}

static void new_field(void **state) {
    (void)state;
#ifdef NEWER
    fk_vm_options options = options_here();
    options.field_of_a_later_release = 1;
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_INVALID);
    assert_non_null(strstr(fk_error_last()->message, "too old"));
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(works), cmocka_unit_test(release_0_1),
                                       cmocka_unit_test(new_field)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
