/* SPDX-License-Identifier: MIT */
/* Host methods that are answered after they have returned, by another thread. */
#include "contract.h"

#include <pthread.h>
#include <string.h>

#include "fk_foreign.h"

/* What the host method does, and how its answer is given. */
typedef struct owed {
    fk_status (*answer)(fk_later *later); /* NULL: nobody answers, but `later` is kept */
    bool at_once;                         /* by the callback itself */
    fk_later *later;
    fk_status said;
    pthread_t thread;
    bool interrupts;
} owed;

static void *run(void *user) {
    owed *o = user;
    o->said = o->answer(o->later);
    return NULL;
}

static void *interrupt(void *vm) {
    fk_vm_interrupt(vm);
    return NULL;
}

static fk_status ask(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    owed *o = user;
    o->later = fk_request_later(request);
    if (fk_request_is_notification(request)) {
        assert_null(o->later);
        return FK_OK;
    }
    assert_non_null(o->later);
    assert_null(fk_request_later(request)); /* once */
    if (o->interrupts)
        assert_int_equal(pthread_create(&o->thread, NULL, interrupt, fk_request_vm(request)), 0);
    else if (o->answer && o->at_once)
        o->said = o->answer(o->later);
    else if (o->answer)
        assert_int_equal(pthread_create(&o->thread, NULL, run, o), 0);
    return FK_OK;
}

static fk_vm *opened_with(owed *o, uint32_t host_timeout) {
    const fk_method methods[] = {
        {.name = "ask", .call = ask, .user = o, .flags = FK_METHOD_ANSWERS}, {0}};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods;
    options.host_timeout = host_timeout;
    return contract_open_with(&options);
}

static fk_status reply(fk_later *later) {
    const fk_value items[] = {FK_INT(7), FK_STR("late")};
    return fk_later_reply(later, &FK_ARRAY(items));
}
static fk_status reply_json(fk_later *later) {
    return fk_later_reply_json(later, "{\"late\":3.0}");
}
static fk_status reply_nothing(fk_later *later) { return fk_later_reply(later, NULL); }
static fk_status refuse(fk_later *later) { return fk_later_fail(later, -32050, "no card left"); }
static fk_status reply_broken(fk_later *later) { return fk_later_reply_json(later, "{broken"); }
static fk_status reply_bad(fk_later *later) {
    const fk_value bad = {.kind = 99};
    return fk_later_reply(later, &bad);
}

static void answers(void **state) {
    (void)state;
    static const struct {
        fk_status (*answer)(fk_later *later);
        const char *result;
    } rows[] = {{reply, "[7,\"late\"]"}, {reply_json, "{\"late\":3.0}"}, {reply_nothing, "null"}};
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
        owed o = {.answer = rows[i / 2].answer, .at_once = i % 2};
        fk_vm *vm = opened_with(&o, 0);
        for (int again = 0; again < 3; again++) {
            expect_call(vm, "ask", "[\"ask\"]", rows[i / 2].result);
            if (!o.at_once) assert_int_equal(pthread_join(o.thread, NULL), 0);
            assert_int_equal(o.said, FK_OK);
        }
        contract_close(vm);
    }
}

static void failures(void **state) {
    (void)state;
    static const struct {
        fk_status (*answer)(fk_later *later);
        fk_status said;
        const char *message;
    } rows[] = {{refuse, FK_OK, "no card left"},
                {reply_broken, FK_BAD_VALUE, "JSON"},
                {reply_bad, FK_BAD_VALUE, "value"}};
    for (size_t i = 0; i < (sizeof rows / sizeof *rows); i++) {
        owed o = {.answer = rows[i].answer};
        fk_vm *vm = opened_with(&o, 0);
        expect_call_fails(vm, "ask", "[\"ask\"]", FK_SCRIPT_ERROR, rows[i].message);
        assert_int_equal(pthread_join(o.thread, NULL), 0);
        assert_int_equal(o.said, rows[i].said);
        o.answer = reply;
        expect_call(vm, "ask", "[\"ask\"]", "[7,\"late\"]");
        assert_int_equal(pthread_join(o.thread, NULL), 0);
        contract_close(vm);
    }
}

/* The script does not wait for ever, and an answer that comes too late harms nobody. */
static void nobody_answers(void **state) {
    (void)state;
    owed o = {.interrupts = true};
    fk_vm *vm = opened_with(&o, 0);
    expect_call_fails(vm, "ask", "[\"ask\"]", FK_INTERRUPTED, "");
    assert_int_equal(pthread_join(o.thread, NULL), 0);
    expect_status(reply(o.later), FK_INTERRUPTED);
    expect_call(vm, "say", "[\"ask\"]", "null"); /* a notification is answered by nobody */
    contract_close(vm);
    o.interrupts = false;
    vm = opened_with(&o, 20);
    expect_call_fails(vm, "ask", "[\"ask\"]", FK_TIMEOUT, "host_timeout");
    expect_status(fk_later_fail(o.later, -32000, "too late"), FK_INTERRUPTED);
    contract_close(vm);
}

static void without_a_handle(void **state) {
    (void)state;
    assert_null(fk_request_later(NULL));
    expect_status(fk_later_reply(NULL, NULL), FK_INVALID);
    expect_status(fk_later_reply_json(NULL, "1"), FK_INVALID);
    expect_status(fk_later_fail(NULL, -32000, "x"), FK_INVALID);
}

static const struct CMUnitTest tests[] = {TEST(answers), TEST(failures), TEST(nobody_answers),
                                          TEST(without_a_handle)};
TOPIC(later, tests);
