/* SPDX-License-Identifier: MIT */
/*
 * What all topics of the contract suite share: VMs on the backend under test, host methods that
 * write down what they see, and checks that say what came instead.
 *
 * The backend is whatever FK_VM_BACKEND and FK_VM_COMMAND say; no test names one. A test that must
 * know where the VM lives asks fk_vm_stats.
 */
#ifndef FK_CONTRACT_H
#define FK_CONTRACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fk_vm.h"

/* ---- topics -------------------------------------------------------------------------------- */

/* A topic is one file, with its name in the list of meson.build; it makes itself known. */
typedef struct topic {
    const char *name;
    const struct CMUnitTest *tests;
    size_t count;
    struct topic *next;
} topic;

void contract_register(topic *topic);

#define TOPIC(name, tests)                                                                         \
    static topic this_topic = {#name, tests, sizeof(tests) / sizeof *(tests), NULL};               \
    __attribute__((constructor)) static void register_this_topic(void) {                           \
        contract_register(&this_topic);                                                            \
    }                                                                                              \
    typedef int topic_ends_with_semicolon

/* Every test is checked for leaks; VMs that a failing test left open are closed. */
#define TEST(function) cmocka_unit_test_setup_teardown(function, contract_setup, contract_teardown)
int contract_setup(void **state);
int contract_teardown(void **state);

/* ---- opening and calling ------------------------------------------------------------------- */

/* Options for a script of scripts/, with the host methods below and recorded output. */
fk_vm_options contract_options(const char *script);

/* Opens and expects success; contract_open("x.lua") is the usual way. */
fk_vm *contract_open_with(const fk_vm_options *options);
fk_vm *contract_open(const char *script);

/* Opens and expects a failure with this status, whose message holds each of the texts up to NULL.
 */
void contract_open_fails(const fk_vm_options *options, fk_status status, ...);

/* Closes and expects FK_OK. */
void contract_close(fk_vm *vm);

/* fk_vm_call with JSON (NULL: no params). expect_call compares the result with JSON. */
fk_status call_json(fk_vm *vm, const char *method, const char *params, fk_value **result);
#define expect_call(vm, method, params, result)                                                    \
    expect_call_at(__FILE__, __LINE__, (vm), (method), (params), (result))
void expect_call_at(const char *file, int line, fk_vm *vm, const char *method, const char *params,
                    const char *result);

/* A call that must fail with this status, its message holding text (NULL: any). */
#define expect_call_fails(vm, method, params, status, text)                                        \
    expect_call_fails_at(__FILE__, __LINE__, (vm), (method), (params), (status), (text))
void expect_call_fails_at(const char *file, int line, fk_vm *vm, const char *method,
                          const char *params, fk_status status, const char *text);

/* got is the status of the latest fk_ function; its error must fit. */
#define expect_status(got, wanted) expect_status_at(__FILE__, __LINE__, (got), (wanted), NULL)
#define expect_error(got, wanted, text)                                                            \
    expect_status_at(__FILE__, __LINE__, (got), (wanted), (text))
void expect_status_at(const char *file, int line, fk_status got, fk_status wanted,
                      const char *text);

#define expect_same(got, wanted) expect_same_at(__FILE__, __LINE__, (got), (wanted))
void expect_same_at(const char *file, int line, const fk_value *got, const fk_value *wanted);

#define expect_contains(text, part) expect_contains_at(__FILE__, __LINE__, (text), (part))
void expect_contains_at(const char *file, int line, const char *text, const char *part);

/* JSON to a value; the test fails if it is none. Free it. */
fk_value *parse(const char *json);

/* ---- what the VM did ----------------------------------------------------------------------- */

/* One line for each host method and each output since the last look, oldest first:
 * "? name [params]" for a request, "! name [params]" for a notification, "print: text" or
 * "warning: text" for output. expect_seen also forgets them. */
#define expect_seen(wanted) expect_seen_at(__FILE__, __LINE__, (wanted))
void expect_seen_at(const char *file, int line, const char *wanted);
const char *seen(void);
void forget_seen(void);

/* The fk_output_fn that records; and a recorder for host methods of a test's own. */
void record_output(void *user, fk_level level, const char *text, size_t size);
void record_method(fk_request *request, const fk_value *params);

/* Host methods in contract_options: mark (null), echo (its first parameter), all (its parameters),
 * fail (code, message), give (returns this fk_status), silent (no answer), back (method, params...:
 * calls the VM), and what a test adds to them. */
extern const fk_method contract_methods[];
enum { contract_method_count = 7 };

/* ---- time and the rest --------------------------------------------------------------------- */

double seconds_now(void);
bool backend_is_child(fk_vm *vm); /* the VM has a process of its own */
const char *scripts_directory(void);

#endif
