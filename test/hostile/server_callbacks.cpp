// SPDX-License-Identifier: MIT
// A server's callbacks: those that throw, block or forget to answer; and arguments that break the
// contract.
#include "fk_vm.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <thread>

extern "C" {
#include "hostile.h" // last: CMocka's macros have names of the standard library
}

namespace {

fk_status throws(void *, fk_request *, const fk_value *) {
    throw std::runtime_error("thrown in the server");
}
fk_status throws_int(void *, fk_request *, const fk_value *) { throw 7; }
fk_status forgets(void *, fk_request *, const fk_value *) { return FK_OK; }
fk_status blocks(void *, fk_request *, const fk_value *) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return FK_OK;
}
void throwing_output(void *, fk_level, const char *, size_t) {
    throw std::runtime_error("thrown by output");
}
void throwing_finalize(void *) { throw std::runtime_error("thrown by finalize"); }

fk_vm *open_with(fk_host_fn call, uint32_t timeout = 20000) {
    const fk_method methods[] = {{"host", call, nullptr, 0, {}}, {}};
    fk_vm_options options = hostile_options("server.lua");
    options.methods = methods;
    options.call_timeout = timeout;
    return open_vm(&options);
}

void throwing(void **state) {
    const auto call = reinterpret_cast<fk_host_fn>(*state);
    fk_vm *vm = open_with(call);
    assert_int_equal(fk_vm_call(vm, "call_host", nullptr, nullptr), FK_SCRIPT_ERROR);
    assert_non_null(std::strstr(fk_error_last()->message, "-32603"));
    assert_non_null(std::strstr(fk_error_last()->message, "thr"));
    assert_true(works(vm, "notify_host"));
    assert_non_null(std::strstr(output_text(), "'host' failed"));
    close_vm(vm);
}

void throwing_in_output(void **) {
    fk_vm_options options = hostile_options("server.lua");
    options.output = throwing_output;
    options.finalize = throwing_finalize;
    fk_vm *vm = open_vm(&options);
    assert_true(works(vm, "prints"));
    close_vm(vm);
}

void forgetting(void **) {
    fk_vm *vm = open_with(forgets);
    fk_value *result = nullptr;
    assert_int_equal(fk_vm_call(vm, "call_host", nullptr, &result), FK_OK);
    assert_int_equal(result->kind, FK_NULL);
    fk_value_free(result);
    close_vm(vm);
}

// Twice 300 ms of the server's are no time of the VM's, which has 250.
void blocking(void **) {
    fk_vm *vm = open_with(blocks, 250);
    assert_true(works(vm, "call_host_twice"));
    fk_method_stats slow{};
    slow.size = sizeof slow;
    assert_int_equal(fk_vm_method_stats(vm, 0, &slow), FK_OK);
    assert_string_equal(slow.name, "host");
    assert_true(slow.max_ns >= 300000000);
    close_vm(vm);
}

void nulls(void **) {
    fk_vm_options options = hostile_options("server.lua");
    fk_vm *vm = open_vm(&options);
    fk_value *result = nullptr;
    assert_int_equal(fk_vm_close(nullptr), FK_OK);
    fk_value_free(nullptr);
    fk_text_free(nullptr);
    assert_int_equal(fk_vm_open(nullptr, &vm), FK_INVALID);
    assert_null(vm);
    close_left_vms();
    vm = open_vm(&options);
    assert_int_equal(fk_vm_open(&options, nullptr), FK_INVALID);
    assert_int_equal(fk_vm_call(nullptr, "yes", nullptr, &result), FK_INVALID);
    assert_int_equal(fk_vm_call(vm, nullptr, nullptr, &result), FK_INVALID);
    assert_int_equal(fk_vm_call(vm, "", nullptr, &result), FK_INVALID);
    assert_int_equal(fk_vm_notify(nullptr, "yes", nullptr), FK_INVALID);
    assert_int_equal(fk_vm_interrupt(nullptr), FK_INVALID);
    assert_int_equal(fk_vm_poll(nullptr), FK_INVALID);
    assert_int_equal(fk_vm_stats(vm, nullptr), FK_INVALID);
    assert_int_equal(fk_vm_fd(nullptr), -1);
    assert_true(works(vm, "yes"));
    close_vm(vm);
}

fk_status open_changed(void (*change)(fk_vm_options *)) {
    fk_vm_options options = hostile_options("server.lua");
    change(&options);
    fk_vm *vm = nullptr;
    const fk_status status = fk_vm_open(&options, &vm);
    assert_null(vm);
    assert_true(*fk_error_last()->message);
    return status;
}

void odd_options(void **) {
    const struct {
        void (*change)(fk_vm_options *);
    } changes[] = {{[](fk_vm_options *o) { o->size = 0; }},
                   {[](fk_vm_options *o) { o->size = 7; }},
                   {[](fk_vm_options *o) { o->size = SIZE_MAX; }},
                   {[](fk_vm_options *o) { o->flags = 0x100; }},
                   {[](fk_vm_options *o) { o->sandbox = 99; }},
                   {[](fk_vm_options *o) { o->max_nesting = 1000; }},
                   {[](fk_vm_options *o) { o->script = nullptr; }}};
    for (const auto &each : changes) {
        if (on(STOCK) && &each == std::end(changes) - 1)
            break; // a child by command may have no script
        assert_int_equal(open_changed(each.change), FK_INVALID);
    }
}

void bad_values(void **) {
    fk_vm_options options = hostile_options("server.lua");
    fk_vm *vm = open_vm(&options);
    fk_value bad[] = {FK_BYTES(nullptr, 5), FK_ITEMS(nullptr, 3), FK_MEMBERS(nullptr, 2),
                      FK_BOOL(true), FK_NIL};
    bad[3].integer = 2;
    bad[4].kind = 77;
    for (const fk_value &value : bad) {
        const fk_value list = FK_ITEMS(&value, 1);
        assert_int_equal(fk_vm_call(vm, "yes", &list, nullptr), FK_BAD_VALUE);
        assert_non_null(std::strstr(fk_error_last()->message, "params[0]"));
    }
    assert_true(works(vm, "yes"));
    close_vm(vm);
}

const item items[] = {
    {"C3.null", EVERYWHERE, nulls, nullptr},
    {"C3.options", EVERYWHERE, odd_options, nullptr},
    {"C3.values", EVERYWHERE, bad_values, nullptr},
    {"C4.throws", EVERYWHERE, throwing, reinterpret_cast<void *>(throws)},
    {"C4.throws-a-number", EVERYWHERE, throwing, reinterpret_cast<void *>(throws_int)},
    {"C4.throws-in-output", EVERYWHERE, throwing_in_output, nullptr},
    {"C4.forgets-to-answer", EVERYWHERE, forgetting, nullptr},
    {"C4.blocks", EVERYWHERE, blocking, nullptr}};

} // namespace

extern "C" const topic server_callbacks_topic = {items, sizeof items / sizeof *items};
