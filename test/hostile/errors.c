/* SPDX-License-Identifier: MIT */
/* Error objects of every kind. */
#include "hostile.h"

#include <string.h>

#define RAISES(name, text)                                                                         \
    { "errors.lua", name, LIVE(SCRIPT_ERROR), LIVE(SCRIPT_ERROR), text }

static const attack nil = RAISES("a_nil", "nil"), table = RAISES("a_table", "table"),
                    number = RAISES("a_number", "42"), userdata = RAISES("a_userdata", "null"),
                    boolean = RAISES("a_boolean", "boolean"),
                    text = RAISES("a_tostring", "as text"),
                    throwing = RAISES("tostring_throws", "__tostring failed"),
                    recursing = RAISES("tostring_recurses", "__tostring failed"),
                    no_string = RAISES("tostring_no_string", "__tostring failed"),
                    looping = {"errors.lua",
                               "tostring_loops",
                               {BIT(TIMEOUT), EITHER},
                               {BIT(TIMEOUT), EITHER},
                               "150",
                               0,
                               150};

static void long_message(void **state) {
    (void)state;
    fk_vm_options options = hostile_options("errors.lua");
    options.memory_limit = 512u << 20;
    options.call_timeout = 10000;
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "of_100_megabytes", NULL, NULL), FK_SCRIPT_ERROR);
    const size_t size = strlen(fk_error_last()->message);
    assert_true(size > 1000 && size <= 64 << 10);
    assert_int_equal(fk_vm_call(vm, "fine", NULL, NULL), FK_OK);
    close_vm(vm);
}

static void with_nul(void **state) {
    (void)state;
    const fk_vm_options options = hostile_options("errors.lua");
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "with_nul", NULL, NULL), FK_SCRIPT_ERROR);
    assert_non_null(strstr(fk_error_last()->message, "before"));
    assert_non_null(strstr(fk_error_last()->message, "after"));
    close_vm(vm);
}

/* The traceback of a recursion without end, with long names, stays of a bearable size. */
static void traceback(void **state) {
    (void)state;
    const fk_vm_options options = hostile_options("errors.lua");
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "deep_with_names", NULL, NULL), FK_SCRIPT_ERROR);
    assert_non_null(fk_error_last()->traceback);
    assert_true(strlen(fk_error_last()->traceback) <= 64 << 10);
    close_vm(vm);
}

static const item items[] = {{"A14.nil", EVERYWHERE, run_attack, &nil},
                             {"A14.table", EVERYWHERE, run_attack, &table},
                             {"A14.number", EVERYWHERE, run_attack, &number},
                             {"A14.userdata", EVERYWHERE, run_attack, &userdata},
                             {"A14.boolean", EVERYWHERE, run_attack, &boolean},
                             {"A14.tostring", EVERYWHERE, run_attack, &text},
                             {"A14.tostring-throws", EVERYWHERE, run_attack, &throwing},
                             {"A14.tostring-recurses", EVERYWHERE, run_attack, &recursing},
                             {"A14.tostring-no-string", EVERYWHERE, run_attack, &no_string},
                             {"A14.tostring-loops", EVERYWHERE, run_attack, &looping},
                             {"A14.long", EVERYWHERE, long_message, NULL},
                             {"A14.nul", EVERYWHERE, with_nul, NULL},
                             {"A14.traceback", EVERYWHERE, traceback, NULL}};
TOPIC(errors, items);
