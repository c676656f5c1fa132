/* SPDX-License-Identifier: MIT */
/* From open to close: many times, many at once, finalize exactly once, fork. */
#include "contract.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void open_and_close_100_times(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++) {
        fk_vm *vm = contract_open("basic.lua");
        expect_status(call_json(vm, "add", "[1,2]", NULL), FK_OK);
        contract_close(vm);
    }
}

static void many_at_once(void **state) {
    (void)state;
    enum { many = 20 };
    fk_vm *vms[many];
    for (int i = 0; i < many; i++) vms[i] = contract_open("limits.lua");
    for (int round = 1; round <= 2; round++)
        for (int i = 0; i < many; i++) expect_call(vms[i], "add_one", NULL, round == 1 ? "1" : "2");
    for (int i = 0; i < many; i++) contract_close(vms[i * 7 % many]);
}

static void close_of_nothing(void **state) {
    (void)state;
    expect_status(fk_vm_close(NULL), FK_OK);
    fk_value_free(NULL);
    fk_text_free(NULL);
}

static void count(void *user) { ++*(int *)user; }

static void finalize_once(void **state) {
    (void)state;
    int finalized = 0;
    fk_vm_options options = contract_options("basic.lua");
    options.user = &finalized;
    options.finalize = count;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "add", "[1,2]", "3");
    assert_int_equal(finalized, 0);
    contract_close(vm);
    assert_int_equal(finalized, 1);
}

static void finalize_after_a_failed_open(void **state) {
    (void)state;
    int finalized = 0;
    fk_vm_options options = contract_options("no_such_script.lua");
    options.user = &finalized;
    options.finalize = count;
    contract_open_fails(&options, FK_OPEN_FAILED, NULL);
    assert_int_equal(finalized, 1);
    options.script = "bad_syntax.lua";
    contract_open_fails(&options, FK_OPEN_FAILED, NULL);
    assert_int_equal(finalized, 2);
    options.script = "bad_start.lua";
    contract_open_fails(&options, FK_OPEN_FAILED, NULL);
    assert_int_equal(finalized, 3);
    options.backend = "no-such-backend";
    contract_open_fails(&options, FK_NO_BACKEND, NULL);
    assert_int_equal(finalized, 4);
    options.sandbox = 99;
    contract_open_fails(&options, FK_INVALID, NULL);
    assert_int_equal(finalized, 5);
}

/* All of options is copied: what it pointed to may go. */
static void options_are_copied(void **state) {
    (void)state;
    char script[] = "basic.lua", name[] = "mark", *directory = strdup(scripts_directory());
    fk_method methods[] = {{.name = name, .call = contract_methods[0].call}, {0}};
    fk_vm_options options = contract_options(script);
    options.methods = methods;
    options.directory = directory;
    fk_vm *vm = contract_open_with(&options);
    memset(script, '#', sizeof script);
    memset(name, '#', sizeof name);
    memset(directory, '#', strlen(directory));
    memset(methods, 0xff, sizeof methods);
    memset(&options, 0xff, sizeof options);
    free(directory);
    expect_call(vm, "tell", "[1]", "null");
    expect_call(vm, "nothing", NULL, "null");
    expect_seen("! mark [1]\n");
    contract_close(vm);
}

static void poll_of_an_idle_vm(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    const int fd = fk_vm_fd(vm);
    for (int i = 0; i < 10; i++) expect_status(fk_vm_poll(vm), FK_OK);
    assert_int_equal(fk_vm_fd(vm), fd);
    expect_call(vm, "add", "[1,2]", "3");
    contract_close(vm);
}

/* In the copy that fork() makes, the VM is refused; the parent's goes on. */
static void forked_copy(void **state) {
    (void)state;
    fk_vm *vm = contract_open("limits.lua");
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fk_stats stats = FK_STATS_INIT;
        const bool refused = fk_vm_call(vm, "add_one", NULL, NULL) == FK_INVALID &&
                             fk_vm_notify(vm, "add_one", NULL) == FK_INVALID &&
                             fk_vm_poll(vm) == FK_INVALID && fk_vm_interrupt(vm) == FK_INVALID &&
                             fk_vm_stats(vm, &stats) == FK_INVALID && fk_vm_close(vm) == FK_INVALID;
        _exit(refused ? 17 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 17);
    expect_call(vm, "add_one", NULL, "1");
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(open_and_close_100_times),
                                          TEST(many_at_once),
                                          TEST(close_of_nothing),
                                          TEST(finalize_once),
                                          TEST(finalize_after_a_failed_open),
                                          TEST(options_are_copied),
                                          TEST(poll_of_an_idle_vm),
                                          TEST(forked_copy)};
TOPIC(lifecycle, tests);
