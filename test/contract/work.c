/* SPDX-License-Identifier: MIT */
/* One rule for all that runs in a VM: it has a limit, can be interrupted, is named in what is
 * reported, and ends alike on every backend. A wish to end meets nothing that came later. */
#include "contract.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static fk_status interrupt_at_mark(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    const fk_status status = fk_vm_interrupt(fk_request_vm(request));
    assert_true(status == FK_OK || status == FK_UNSTOPPABLE);
    return fk_reply(request, NULL);
}

static int worked;

/* As long as it takes for the clock to go on by 20 ms. */
static fk_status work_at_host(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    worked++;
    for (const double end = seconds_now() + 0.020; seconds_now() < end;) {
    }
    return fk_reply(request, NULL);
}

static const fk_method methods[] = {
    {.name = "mark", .call = interrupt_at_mark}, {.name = "work", .call = work_at_host}, {0}};

static fk_vm *open_work(uint32_t call_timeout) {
    fk_vm_options options = contract_options("work.lua");
    options.methods = methods;
    options.call_timeout = call_timeout;
    return contract_open_with(&options);
}

/* A server with an event loop: it polls when the descriptor is readable, and calls nobody. */
static void poll_until_seen(fk_vm *vm, const char *part) {
    struct pollfd ready = {.fd = fk_vm_fd(vm), .events = POLLIN};
    while (!strstr(seen(), part)) {
        if (ready.fd >= 0) assert_true(poll(&ready, 1, 50000) > 0);
        expect_status(fk_vm_poll(vm), FK_OK);
    }
}

static bool is_foreign(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    return strcmp(stats.limited_by, "a kill") == 0;
}

static void endless_notification(void **state) {
    (void)state;
    static const char *const kinds[] = {"spin", "spin_caught"};
    for (int i = 0; i < 2; i++) {
        fk_vm *vm = open_work(300);
        if (is_foreign(vm)) return contract_close(vm);
        expect_status(fk_vm_notify(vm, kinds[i], NULL), FK_OK);
        poll_until_seen(vm, "reached its limit of 300 ms (call_timeout)");
        expect_contains(seen(), "warning: the notification '");
        expect_contains(seen(), kinds[i]);
        expect_call(vm, "fine", NULL, "\"fine\"");
        forget_seen();
        contract_close(vm);
    }
}

static void interrupted_notification(void **state) {
    (void)state;
    fk_vm *vm = open_work(FK_NO_LIMIT);
    if (is_foreign(vm)) return contract_close(vm);
    expect_status(fk_vm_notify(vm, "mark_and_spin", NULL), FK_OK);
    poll_until_seen(vm, "the notification 'mark_and_spin' was ended by fk_vm_interrupt()");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void same_words_at_the_limit(void **state) {
    (void)state;
    fk_vm *vm = open_work(200);
    expect_call_fails(vm, "spin", NULL, FK_TIMEOUT,
                      "the call of 'spin' reached its limit of 200 ms (call_timeout)");
    assert_true(fk_error_last()->vm_alive);
    expect_contains(fk_error_last()->traceback, "spin");
    expect_call_fails(vm, "mark_and_spin", NULL, FK_INTERRUPTED,
                      "the call of 'mark_and_spin' was ended by fk_vm_interrupt()");
    contract_close(vm);
}

/* What came after a limit or an interrupt that the VM survived is not ended for it. */
static void old_wishes(void **state) {
    (void)state;
    fk_vm *vm = open_work(300);
    const fk_status reasons[] = {FK_TIMEOUT, FK_INTERRUPTED};
    static const char *const kinds[] = {"spin", "mark_and_spin"};
    for (int i = 0; i < 2; i++) {
        expect_call_fails(vm, kinds[i], NULL, reasons[i], kinds[i]);
        expect_status(fk_vm_notify(vm, "fine", NULL), FK_OK);
        expect_status(fk_vm_poll(vm), FK_OK);
        expect_call(vm, "fine", NULL, "\"fine\"");
        expect_status(fk_vm_poll(vm), FK_OK);
        const fk_status idle = fk_vm_interrupt(vm);
        assert_true(idle == FK_OK || idle == FK_UNSTOPPABLE);
        expect_call(vm, "fine", NULL, "\"fine\"");
        expect_status(fk_vm_notify(vm, "fine", NULL), FK_OK);
        expect_call(vm, "fine", NULL, "\"fine\"");
    }
    expect_call_fails(vm, "spin", NULL, FK_TIMEOUT, "spin");
    contract_close(vm);
    expect_seen("");
}

/* Without a line by the caller, too. */
static void limits_by_default(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__ /* delays signals until the next call of the C library */
    skip();
#endif
    fk_vm_options options = contract_options("work.lua");
    options.methods = methods;
    options.interrupt_signal = 0;
    fk_vm *vm = contract_open_with(&options);
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_string_not_equal(stats.limited_by, "nothing");
    expect_call_fails(vm, "mark_and_spin", NULL, FK_INTERRUPTED, "mark_and_spin");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static bool is_default(int number) {
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_DFL;
}

static void signal_is_given_back(void **state) {
    (void)state;
    fk_vm_options options = contract_options("work.lua");
    options.interrupt_signal = 0;
    bool before[65] = {false};
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) before[number] = is_default(number);
    contract_close(contract_open_with(&options));
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        assert_int_equal(is_default(number), before[number]);
}

/* The server wants no signal and no limit: then nothing stops pure Lua, and the library says so. */
static void nothing_to_stop_by(void **state) {
    (void)state;
    fk_vm_options options = contract_options("work.lua");
    options.methods = methods;
    options.interrupt_signal = FK_NO_SIGNAL;
    options.call_timeout = options.open_timeout = FK_NO_LIMIT;
    fk_vm *vm = contract_open_with(&options);
    if (!backend_is_child(vm)) {
        fk_stats stats = FK_STATS_INIT;
        expect_status(fk_vm_stats(vm, &stats), FK_OK);
        assert_string_equal(stats.limited_by, "nothing");
        assert_int_equal(fk_vm_interrupt(vm), FK_UNSTOPPABLE);
        expect_call_fails(vm, "mark_and_spin", NULL, FK_INTERRUPTED, NULL); /* at the host method */
    }
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void time_of_host_methods(void **state) {
    (void)state;
    fk_vm_options options = contract_options("work.lua");
    options.methods = methods;
    options.host_timeout = 60000; /* which a busy machine does not take either */
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "host_work", "[1]", "\"done\"");
    contract_close(vm);
    options.host_timeout = 50;
    vm = contract_open_with(&options);
    expect_call_fails(
        vm, "host_work", "[1000]", FK_TIMEOUT,
        "the host methods of the call of 'host_work' took more than their limit of 50 ms "
        "(host_timeout)");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_true(stats.host_ns_max > 50000000 && stats.host_ns_max <= stats.host_ns);
    if (fk_error_last()->vm_alive || !is_foreign(vm)) expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

/* A child writes many notifications before it hears of the limit: they hold up nobody. */
static void a_flood_of_notifications(void **state) {
    (void)state;
    fk_vm_options options = contract_options("work.lua");
    options.methods = methods;
    options.host_timeout = 50;
    fk_vm *vm = contract_open_with(&options);
    worked = 0;
    expect_call_fails(
        vm, "host_flood", "[900000]", FK_TIMEOUT,
        "the host methods of the call of 'host_flood' took more than their limit of 50 ms "
        "(host_timeout)");
    assert_in_range(worked, 1, 10);
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {
    TEST(endless_notification), TEST(interrupted_notification), TEST(same_words_at_the_limit),
    TEST(old_wishes),           TEST(limits_by_default),        TEST(signal_is_given_back),
    TEST(nothing_to_stop_by),   TEST(time_of_host_methods),     TEST(a_flood_of_notifications)};
TOPIC(work, tests);
