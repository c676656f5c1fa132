// SPDX-License-Identifier: MIT
// fk_vm_call, _notify, _interrupt, _poll: validate, serialise, hand to the backend.
#include "base/utf8.h"
#include "error.h"
#include "vm.h"
#include "wire/value.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

using namespace fkvm;

namespace {

constexpr size_t longest_name = 1 << 16;

fk_status dead(fk_vm *vm) {
    fk_failure failure{};
    failure.message = vm->death.c_str();
    failure.exit_status = vm->death_exit_status;
    failure.death = vm->death_cause;
    return fail(FK_VM_DIED, failure, false);
}

fk_status check_method(const char *function, const char *method) {
    if (!method || !*method) return failf(FK_INVALID, "%s: method is NULL or empty", function);
    const size_t size = strnlen(method, longest_name);
    if (size == longest_name)
        return failf(FK_INVALID, "%s: method has no end within 64 KiB", function);
    if (is_utf8({method, size})) return FK_OK;
    return failf(FK_INVALID, "%s: the name of the method is not valid UTF-8", function);
}

fk_status check_params(const fk_vm *vm, const fk_value *params) {
    if (!params || (params->kind == FK_ARRAY && params->size == 0)) return FK_OK;
    if (params->kind == FK_NULL) return FK_OK;
    if (params->kind != FK_ARRAY && params->kind != FK_OBJECT)
        return fail(FK_INVALID, "params is neither FK_ARRAY nor FK_OBJECT nor NULL");
    const ValueLimits limits = vm->options.value_limits();
    if (params->kind == FK_ARRAY && params->items &&
        params->size <= std::min(limits.values, most_size)) {
        bool scalars = true; // the usual case costs no walk
        uint64_t bytes = 0;
        for (uint32_t i = 0; i < params->size && scalars; i++) {
            scalars = is_plain(params->items[i]);
            if (params->items[i].kind == FK_STRING) bytes += params->items[i].size;
        }
        if (scalars && bytes <= limits.bytes) return FK_OK;
    }
    std::string problem;
    return check_value(*params, "params", &problem, limits) ? FK_OK : fail(FK_BAD_VALUE, problem);
}

void begin(fk_vm *vm, Frame &frame, const fk_value *params) {
    const bool is_call = frame.work.kind == Work::Call;
    const char *method = frame.work.name;
    vm->recorder.add(is_call ? Recorder::Call : Recorder::Notify, vm->clock.entered(), method,
                     params);
    if (!vm->trace) return;
    frame.trace_id = is_call ? vm->trace->next_id() : 0;
    vm->trace->request(Trace::ToVm, method, params, frame.trace_id);
}

fk_status end(fk_vm *vm, Frame &frame, fk_status status) {
    static const fk_value none{};
    if (status == FK_OK && !frame.answered) status = host_table.result(vm, &none);
    if (status == FK_OK) return FK_OK;
    vm->recorder.add(Recorder::Error, vm->clock.entered(), fk_error_last()->message, nullptr);
    if (frame.trace_id) vm->trace->failure(frame.trace_id, *fk_error_last());
    return status;
}

// Nobody waits for a notification: that the script failed is a record, not an error of the caller.
fk_status notify(fk_vm *vm, const Work &work, const fk_value *params) {
    if (vm->backend->notify) return vm->backend->notify(vm->state, work.name, params);
    return record_failure(vm, work, vm->backend->call(vm->state, work.name, params));
}

// The size of the table says whether it knows of it.
bool can_begin(const fk_backend &backend) {
    return backend.size >= offsetof(fk_backend, begin) + sizeof backend.begin && backend.begin;
}

fk_status begin_call(fk_vm *vm, const char *method, const fk_value *params, fk_done_fn done,
                     void *user) {
    const uint64_t ticket = ++vm->last_begun;
    vm->begun.emplace(ticket, Begun{method, done, user});
    vm->monitored.begun(method, vm->clock.entered());
    const fk_status status = vm->backend->begin(vm->state, method, params, ticket);
    if (status != FK_OK) forget_begun(vm, vm->begun.find(ticket));
    return status;
}

fk_status call_at_once(fk_vm *vm, const char *method, const fk_value *params, fk_done_fn done,
                       void *user) {
    fk_value *result = nullptr;
    const fk_status status = fk_vm_call(vm, method, params, &result);
    if (status == FK_INVALID || status == FK_BUSY) return status;
    tell({method, done, user}, result);
    fk_value_free(result);
    return succeed();
}

template <class Run>
fk_status run(fk_vm *vm, const Work &work, const fk_value *params, fk_value **result, Run run) {
    return guard([&] {
        if (const fk_status s = check_params(vm, params)) return note_call(work.name, true), s;
        const uint32_t limit = vm->options.get().call_timeout;
        CallScope scope(vm, work, limit, limit);
        if (scope.status != FK_OK) return note_call(work.name, true), scope.status;
        if (vm->dead.load(std::memory_order_relaxed)) return finish(vm, dead(vm), work.name);
        scope.frame().result = result;
        vm->calls.add();
        succeed(); // so that a stale error is not taken for the backend's
        begin(vm, scope.frame(), params);
        return finish(vm, run(scope.frame()), work.name);
    });
}

} // namespace

fk_status fkvm::finish(fk_vm *vm, fk_status status, const char *method) noexcept {
    if (status == FK_OK) return succeed();
    expect_failure(status, vm->backend->name);
    note_call(method, !vm->dead.load(std::memory_order_relaxed));
    vm->errors.add();
    return status;
}

fk_status fkvm::record_failure(fk_vm *vm, const Work &work, fk_status status) noexcept {
    const bool is_dead = vm->dead.load(std::memory_order_relaxed);
    if (status == FK_OK || is_dead || status == FK_PROTOCOL || status == FK_BUSY) return status;
    return guard([&] {
        expect_failure(status, vm->backend->name);
        const std::string record = failure_record(work, fk_error_last()->message);
        host_table.output(vm, FK_LEVEL_WARNING, record.data(), record.size());
        return FK_OK;
    });
}

fk_status fkvm::interrupt_backend(fk_vm *vm, fk_status reason) noexcept {
    void *const state = __atomic_load_n(&vm->state, __ATOMIC_ACQUIRE);
    if (!vm->backend || !vm->backend->interrupt || !state) return FK_OK;
    return vm->backend->interrupt(state, reason);
}

extern "C" {

fk_status fk_vm_call(fk_vm *vm, const char *method, const fk_value *params, fk_value **result) {
    if (result) *result = nullptr;
    if (const fk_status s = check_vm(vm, "fk_vm_call")) return s;
    if (const fk_status s = check_method("fk_vm_call", method)) return s;
    return run(vm, {Work::Call, method}, params, result, [&](Frame &frame) {
        return end(vm, frame, vm->backend->call(vm->state, method, params));
    });
}

fk_status fk_vm_notify(fk_vm *vm, const char *method, const fk_value *params) {
    if (const fk_status s = check_vm(vm, "fk_vm_notify")) return s;
    if (const fk_status s = check_method("fk_vm_notify", method)) return s;
    return run(vm, {Work::Notification, method}, params, nullptr, [&](Frame &frame) {
        vm->monitored.notifies.add();
        return notify(vm, frame.work, params);
    });
}

fk_status fk_vm_call_async(fk_vm *vm, const char *method, const fk_value *params, fk_done_fn done,
                           void *user) {
    if (const fk_status s = check_vm(vm, "fk_vm_call_async")) return s;
    if (const fk_status s = check_method("fk_vm_call_async", method)) return s;
    if (!done) return fail(FK_INVALID, "fk_vm_call_async: done is NULL");
    if (!can_begin(*vm->backend))
        return guard([&] { return call_at_once(vm, method, params, done, user); });
    return run(vm, {Work::Notification, method}, params, nullptr,
               [&](Frame &) { return begin_call(vm, method, params, done, user); });
}

fk_status fk_vm_interrupt(fk_vm *vm) {
    if (const fk_status s = check_vm(vm, "fk_vm_interrupt")) return s;
    const NoCancel here;
    const uint64_t word = vm->ending.now();
    vm->ending.wish(word, Ending::Interrupt); // before the backend looks
    if (vm->lock.held_by_me() && vm->frame && vm->frame->in_notification)
        vm->interrupted_by_host = true;
    return interrupt_backend(vm, Ending::is_working(word) ? FK_INTERRUPTED : FK_OK);
}

int fk_vm_fd(fk_vm *vm) {
    if (check_vm(vm, "fk_vm_fd") != FK_OK || !vm->backend->fd) return -1;
    return vm->backend->fd(vm->state);
}

fk_status fk_vm_poll(fk_vm *vm) {
    if (const fk_status s = check_vm(vm, "fk_vm_poll")) return s;
    return guard([&] {
        const Work work{Work::Idle, nullptr};
        CallScope scope(vm, work, vm->options.get().call_timeout, 0);
        if (scope.status != FK_OK) return note_call(nullptr, true), scope.status;
        if (vm->dead.load(std::memory_order_relaxed)) return finish(vm, dead(vm), nullptr);
        succeed();
        if (!vm->backend->poll) return FK_OK;
        return finish(vm, record_failure(vm, work, vm->backend->poll(vm->state)), nullptr);
    });
}

} // extern "C"
