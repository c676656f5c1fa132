/* SPDX-License-Identifier: MIT */
/* Limits of memory, depth, counts and sizes: each ends in a status and a sentence with its name and
 * value. */
#include "contract.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* Bombs take long where memcpy() of a byte is slow (musl) and other work holds the machine. */
static fk_vm *opened(fk_vm_options *options) {
    options->call_timeout = 60000;
    return contract_open_with(options);
}

static void expect_alive(fk_vm *vm) {
    assert_true(fk_error_last()->vm_alive);
    expect_call(vm, "fine", NULL, "\"fine\"");
}

/* ---- memory --------------------------------------------------------------------------------- */

static void bombs(void **state) {
    (void)state;
    static const char *const methods[] = {"eat_in_pcalls",     "eat_at_once_in_pcalls",
                                          "eat_in_coroutines", "eat_in_buffers",
                                          "eat_by_concat",     "eat_by_table_concat"};
    fk_vm_options options = contract_options("bounds.lua");
    options.memory_limit = 32 << 20;
    fk_vm *vm = opened(&options);
    for (size_t i = 0; i < COUNT(methods); i++) {
        expect_call_fails(vm, methods[i], NULL, FK_MEMORY_LIMIT, "33554432");
        expect_alive(vm);
    }
    contract_close(vm);
}

/* One room's bomb, caught by the scheduler, does not cost the others their call. */
static void caught_bomb(void **state) {
    (void)state;
    fk_vm_options options = contract_options("bounds.lua");
    options.memory_limit = 32 << 20;
    fk_vm *vm = opened(&options);
    expect_call(vm, "caught_once", NULL, "\"fine\"");
    expect_call(vm, "caught_once", NULL, "\"fine\"");
    contract_close(vm);
}

static void error_without_room(void **state) {
    (void)state;
    fk_vm_options options = contract_options("bounds.lua");
    options.memory_limit = 16 << 20;
    fk_vm *vm = opened(&options);
    expect_call_fails(vm, "error_without_room", NULL, FK_SCRIPT_ERROR, "no room for this");
    expect_contains(fk_error_last()->traceback, "bounds.lua");
    assert_true(fk_error_last()->vm_alive);
    contract_close(vm);
}

/* ---- depth ---------------------------------------------------------------------------------- */

static void recursions(fk_vm *vm) {
    static const char *const methods[] = {"recurse",
                                          "recurse_by_gsub",
                                          "recurse_by_coroutine",
                                          "recurse_by_sort",
                                          "recurse_by_tostring",
                                          "recurse_by_index",
                                          "recurse_by_constructor",
                                          "recurse_by_pattern",
                                          "recurse_by_error",
                                          "recurse_by_host"};
    for (size_t i = 0; i < COUNT(methods); i++) {
        expect_call_fails(vm, methods[i], NULL, FK_SCRIPT_ERROR, NULL);
        assert_true(strlen(fk_error_last()->message) <= 1 << 16);
        expect_alive(vm);
    }
}

static void recursion(void **state) {
    (void)state;
    fk_vm *vm = contract_open("bounds.lua");
    recursions(vm);
    contract_close(vm);
}

/* What a short chain does shows that the long one failed for its length. */
static void coroutines_that_close_each_other(void **state) {
    (void)state;
    fk_vm *vm = contract_open("bounds.lua");
    expect_call(vm, "close_chain", "[3]", "true");
    expect_call_fails(vm, "close_chain", "[200000]", FK_SCRIPT_ERROR, "stack overflow");
    expect_alive(vm);
    expect_call(vm, "close_chain_by_gsub", "[1]", "true");
    expect_call_fails(vm, "close_chain_by_gsub", "[1000]", FK_SCRIPT_ERROR, "stack overflow");
    expect_alive(vm);
    expect_call_fails(vm, "close_chain_by_wrap", "[100000]", FK_SCRIPT_ERROR, NULL);
    expect_alive(vm);
    contract_close(vm);
}

typedef struct on_thread {
    fk_vm *vm;
    void (*work)(struct on_thread *);
    fk_status status;
    char message[256];
} on_thread;

static void *run(void *argument) {
    on_thread *job = argument;
    job->work(job);
    return NULL;
}

static void run_with_stack(size_t size, on_thread *job) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    assert_int_equal(pthread_create(&thread, &attributes, run, job), 0);
    pthread_attr_destroy(&attributes);
    pthread_join(thread, NULL);
}

static void open_there(on_thread *job) {
    const fk_vm_options options = contract_options("bounds.lua");
    fk_vm *vm = NULL;
    job->status = fk_vm_open(&options, &vm);
    strncpy(job->message, fk_error_last()->message, sizeof job->message - 1);
    fk_vm_close(vm);
}

static void call_there(on_thread *job) {
    job->status = fk_vm_call(job->vm, "fine", NULL, NULL);
    strncpy(job->message, fk_error_last()->message, sizeof job->message - 1);
}

static void recurse_there(on_thread *job) {
    static const char *const methods[] = {"recurse_by_gsub", "recurse_by_sort", "recurse_by_host"};
    for (size_t i = 0; i < COUNT(methods) && job->status != FK_OK; i++)
        job->status =
            fk_vm_call(job->vm, methods[i], NULL, NULL) == FK_SCRIPT_ERROR ? FK_INVALID : FK_OK;
}

/* ---- stacks of a program's own --------------------------------------------------------------- */

#if defined(__linux__) && !defined(__GLIBC__) /* musl has no fibers */
static void run_on_fiber(size_t size, on_thread *job) {
    (void)size, (void)job;
    skip();
}
#else
static ucontext_t fiber, back;
static on_thread *fiber_job;

static void be_fiber(void) { fiber_job->work(fiber_job); }

/* A fiber's stack, with a page on either side that nobody may touch. */
static void run_on_fiber(size_t size, on_thread *job) {
    const size_t page = 4096;
    char *memory = mmap(NULL, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + page, size, PROT_READ | PROT_WRITE), 0);
    getcontext(&fiber);
    fiber.uc_stack.ss_sp = memory + page;
    fiber.uc_stack.ss_size = size;
    fiber.uc_link = &back;
    fiber_job = job;
    makecontext(&fiber, be_fiber, 0);
    swapcontext(&back, &fiber);
    munmap(memory, size + 2 * page);
}
#endif

/* Too little is refused with its size; a mebibyte is enough, for deep recursion, too. */
static void expect_bounds(void (*run_on)(size_t size, on_thread *job), size_t little,
                          const char *size) {
    fk_vm *vm = contract_open("bounds.lua");
    void (*const works[])(on_thread *) = {open_there, call_there};
    on_thread job = {.vm = vm};
    for (size_t i = 0; i < COUNT(works); i++) {
        job.work = works[i];
        run_on(little, &job);
        assert_int_equal(job.status, FK_INVALID);
        expect_contains(job.message, size);
    }
    run_on(1 << 20, &job);
    assert_int_equal(job.status, FK_OK);
    job = (on_thread){.vm = vm, .work = recurse_there, .status = FK_INVALID};
    run_on(1 << 20, &job);
    assert_int_equal(job.status, FK_INVALID);
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void fibers(void **state) {
    (void)state;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) /* would have to be told */
    skip();
#endif
    expect_bounds(run_on_fiber, 256 << 10, "has 262144");
}

/* Metamethods that encode again: C calls of Lua, with the frames of an encoder between them. */
static void encode_there(on_thread *job) {
    static const char *const methods[] = {"encode_json", "encode_cbor"};
    job->status = FK_INVALID;
    for (size_t i = 0; i < COUNT(methods) && job->status == FK_INVALID; i++)
        if (fk_vm_call(job->vm, methods[i], NULL, NULL) != FK_SCRIPT_ERROR ||
            !strstr(fk_error_last()->message, "stack overflow"))
            job->status = FK_OK;
    strncpy(job->message, fk_error_last()->message, sizeof job->message - 1);
}

static void encoders_in_metamethods(void **state) {
    (void)state;
    fk_vm_options options = contract_options("bounds.lua");
    static const char *const preload[] = {"json=fk.json", "cbor=fk.cbor", NULL};
    options.preload = preload;
    fk_vm *vm = contract_open_with(&options);
    on_thread job = {.vm = vm, .work = encode_there};
    encode_there(&job);
    if (job.status != FK_INVALID) fail_msg("%s", job.message);
    run_with_stack(1 << 20, &job);
    if (job.status != FK_INVALID) fail_msg("%s", job.message);
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void small_stacks(void **state) {
    (void)state;
#ifdef _WIN32 /* a thread has at least what its program says */
    skip();
#endif
#if defined(__SANITIZE_THREAD__) /* makes stacks larger than they were asked to be */
    skip();
#endif
    expect_bounds(run_with_stack, 512 << 10, "runs on has 52"); /* musl adds to it */
}

/* ---- finalizers ------------------------------------------------------------------------------ */

static void host_methods_in_finalizers(void **state) {
    (void)state;
    fk_vm *vm = contract_open("bounds.lua");
    fk_value *why = NULL;
    static const char *const methods[] = {"call_from_gc", "notify_from_gc"};
    for (size_t i = 0; i < COUNT(methods); i++) {
        expect_status(fk_vm_call(vm, methods[i], NULL, &why), FK_OK);
        assert_int_equal(why->kind, FK_STRING);
        assert_non_null(memmem(why->string, why->size, "finalizer", 9));
        fk_value_free(why);
    }
    expect_seen("");
    expect_call(vm, "call_with_gc_stopped", NULL, "7");
    contract_close(vm);
}

/* Nor at the end, on any backend: the script hears why. */
static void host_methods_in_the_last_finalizers(void **state) {
    (void)state;
    fk_vm *vm = contract_open("bounds.lua");
    expect_call(vm, "tell_at_the_end", NULL, "null");
    contract_close(vm);
    expect_seen("print: echo: host methods cannot be called by a finalizer (__gc)\n"
                "print: mark: host methods cannot be called by a finalizer (__gc)\n");
}

/* ---- counts ---------------------------------------------------------------------------------- */

static fk_status give_numbers(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    static fk_value items[5000];
    for (size_t i = 0; i < COUNT(items); i++) items[i] = FK_INT(i);
    fk_reply(request, &FK_ITEMS(items, (size_t)params->items[0].integer));
    return FK_OK;
}

static uint64_t passed;
static fk_status pass(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request, (void)params;
    passed++;
    return FK_OK;
}

static fk_vm *open_counting(uint32_t max_values, uint32_t max_host_calls, uint32_t max_message) {
    static fk_method methods[contract_method_count + 3];
    memcpy(methods, contract_methods, sizeof *methods * contract_method_count);
    methods[contract_method_count] = (fk_method){.name = "numbers", .call = give_numbers};
    methods[contract_method_count + 1] = (fk_method){.name = "pass", .call = pass};
    fk_vm_options options = contract_options("bounds.lua");
    options.methods = methods;
    options.max_values = max_values;
    options.max_host_calls = max_host_calls;
    options.max_message = max_message;
    passed = 0;
    return opened(&options);
}

static void values_in_a_message(void **state) {
    (void)state;
    fk_vm *vm = open_counting(1000, 0, 0);
    fk_value *thousand = NULL;
    expect_status(fk_vm_call(vm, "numbers", &FK_ITEMS(&FK_INT(999), 1), &thousand), FK_OK);
    assert_int_equal(thousand->size, 999);
    expect_call_fails(vm, "numbers", "[1001]", FK_BAD_VALUE, "1000 values");
    expect_contains(fk_error_last()->message, "max_values");
    expect_call_fails(vm, "shared", "[200]", FK_BAD_VALUE, "max_values");
    expect_call_fails(vm, "send_numbers", "[1001]", FK_SCRIPT_ERROR, "max_values");
    expect_call(vm, "send_numbers", "[10]", "null");
    expect_call(vm, "get_numbers", "[900]", "900");
    expect_call_fails(vm, "get_numbers", "[1001]", FK_SCRIPT_ERROR, "max_values");
    const fk_value twice[] = {*thousand, *thousand};
    expect_error(fk_vm_call(vm, "count", &FK_ARRAY(twice), NULL), FK_BAD_VALUE, "max_values");
    assert_true(fk_error_last()->vm_alive);
    expect_error(fk_vm_notify(vm, "count", &FK_ARRAY(twice)), FK_BAD_VALUE, "max_values");
    fk_value_free(thousand);
    expect_call(vm, "fine", NULL, "\"fine\"");
    forget_seen();
    contract_close(vm);
}

static void bytes_in_a_message(void **state) {
    (void)state;
    fk_vm *vm = open_counting(0, 0, 100000);
    static char text[200000];
    memset(text, 'x', sizeof text);
    expect_call_fails(vm, "text", "[100001]", FK_BAD_VALUE, "100000");
    expect_contains(fk_error_last()->message, "max_message");
    expect_alive(vm);
    expect_call_fails(vm, "texts", "[60000]", FK_BAD_VALUE, "max_message");
    expect_call_fails(vm, "send_text", "[100001]", FK_SCRIPT_ERROR, "max_message");
    const fk_value params[] = {FK_BYTES(text, sizeof text)};
    expect_error(fk_vm_call(vm, "count", &FK_ARRAY(params), NULL), FK_BAD_VALUE, "max_message");
    expect_error(fk_vm_notify(vm, "count", &FK_ARRAY(params)), FK_BAD_VALUE, "max_message");
    expect_alive(vm);
    /* NULs make it six times as long where it travels as text: there it does not fit */
    memset(text, '\0', sizeof text);
    const fk_value bytes[] = {FK_BYTES(text, 99000)};
    const fk_status status = fk_vm_call(vm, "count", &FK_ARRAY(bytes), NULL);
    if (status != FK_OK) expect_error(status, FK_BAD_VALUE, "max_message");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void host_calls_in_a_call(void **state) {
    (void)state;
    fk_vm *vm = open_counting(0, 100, 0);
    expect_call(vm, "requests", "[100]", "100");
    expect_call(vm, "notifications", "[100]", "100");
    assert_int_equal(passed, 200);
    expect_call_fails(vm, "requests", "[101]", FK_SCRIPT_ERROR, "100");
    expect_contains(fk_error_last()->message, "max_host_calls");
    expect_alive(vm);
    expect_call_fails(vm, "notifications", "[101]", FK_SCRIPT_ERROR, "max_host_calls");
    expect_alive(vm);
    passed = 0;
    expect_call(vm, "notifications_in_pcalls", "[5000]", "5000");
    assert_int_equal(passed, 100);
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(bombs),
                                          TEST(caught_bomb),
                                          TEST(error_without_room),
                                          TEST(recursion),
                                          TEST(coroutines_that_close_each_other),
                                          TEST(small_stacks),
                                          TEST(fibers),
                                          TEST(encoders_in_metamethods),
                                          TEST(host_methods_in_finalizers),
                                          TEST(host_methods_in_the_last_finalizers),
                                          TEST(values_in_a_message),
                                          TEST(bytes_in_a_message),
                                          TEST(host_calls_in_a_call)};
TOPIC(bounds, tests);
