// SPDX-License-Identifier: MIT
// fk_vm_open, _call, _notify, _interrupt, _poll, _close: validate, serialise, hand to the backend.
#include "vm.h"

#include "error.h"
#include "fork.h"
#include "registry.h"
#include "wire/value.h"

using namespace fkvm;

namespace {

fk_status dead(fk_vm *vm) {
    fk_failure failure{};
    failure.message = vm->death.c_str();
    failure.exit_status = vm->death_exit_status;
    failure.death = vm->death_cause;
    return fail(FK_VM_DIED, failure, false);
}

fk_status stays_open(const fk_vm *vm, const char *why) {
    fail(FK_BUSY, why);
    note_call(nullptr, !vm->dead.load(std::memory_order_relaxed));
    return FK_BUSY;
}

// What all failures of one VM's functions get before they are returned.
fk_status finish(fk_vm *vm, fk_status status, const char *method) noexcept {
    if (status == FK_OK) return succeed();
    expect_failure(status, vm->backend->name);
    note_call(method, !vm->dead.load(std::memory_order_relaxed));
    vm->errors.add();
    return status;
}

fk_status check_params(const fk_vm *vm, const fk_value *params) {
    if (!params || (params->type == FK_ARRAY && params->size == 0)) return FK_OK;
    if (params->type == FK_NULL) return FK_OK;
    if (params->type != FK_ARRAY && params->type != FK_OBJECT)
        return fail(FK_INVALID, "params is neither FK_ARRAY nor FK_OBJECT nor NULL");
    const ValueLimits limits = vm->options.value_limits();
    if (params->type == FK_ARRAY && params->as.items && params->size <= limits.values) {
        bool scalars = true; // the usual case costs no walk
        uint64_t bytes = 0;
        for (uint32_t i = 0; i < params->size && scalars; i++) {
            scalars = is_plain(params->as.items[i]);
            if (params->as.items[i].type == FK_STRING) bytes += params->as.items[i].size;
        }
        if (scalars && bytes <= limits.bytes) return FK_OK;
    }
    std::string problem;
    return check_value(*params, "params", &problem, limits) ? FK_OK : fail(FK_BAD_VALUE, problem);
}

// What the recorder and the trace keep of a call.
struct Recorded {
    fk_vm *vm;
    int64_t id = 0;

    void begin(const char *method, const fk_value *params, bool notification) {
        vm->recorder.add(notification ? Recorder::Notify : Recorder::Call, vm->clock.entered(),
                         method, params);
        if (!vm->trace) return;
        id = notification ? 0 : vm->trace->next_id();
        vm->trace->request(Trace::ToVm, method, params, id);
    }
    void end(fk_status status, const fk_value *result) {
        if (status == FK_OK)
            vm->recorder.add(Recorder::Result, vm->clock.entered(), {}, result);
        else
            vm->recorder.add(Recorder::Error, vm->clock.entered(), fk_error_last()->message,
                             nullptr);
        if (!vm->trace || !id) return;
        if (status == FK_OK && result)
            vm->trace->result(Trace::ToServer, id, *result);
        else
            vm->trace->failure(id, *fk_error_last());
    }
};

template <class Work>
fk_status call(fk_vm *vm, const char *method, const fk_value *params, Work work) {
    return guard([&] {
        if (const fk_status s = check_params(vm, params)) return note_call(method, true), s;
        const uint32_t limit = vm->options.get().call_timeout;
        CallScope scope(vm, limit, limit);
        if (scope.status != FK_OK) return note_call(method, true), scope.status;
        if (vm->dead.load(std::memory_order_relaxed)) return finish(vm, dead(vm), method);
        vm->calls.add();
        succeed(); // so that a stale error is not taken for the backend's
        return finish(vm, work(), method);
    });
}

// Nobody waits for a notification: that the script failed is a record, not an error of the caller.
fk_status notify_by_call(fk_vm *vm, const char *method, const fk_value *params) {
    fk_value *unused = nullptr;
    const fk_status status = vm->backend->call(vm->state, method, params, &unused);
    fk_value_free(unused);
    if (status != FK_NO_METHOD && status != FK_SCRIPT_ERROR && status != FK_BAD_VALUE)
        return status;
    expect_failure(status, vm->backend->name);
    const std::string record =
        std::string("the notification ") + method + " failed: " + fk_error_last()->message + "\n";
    host_table.output(vm, FK_LEVEL_WARNING, record.data(), record.size());
    return FK_OK;
}

void trace_opened(fk_vm *vm, int64_t id, fk_status status) noexcept {
    if (status != FK_OK) return vm->trace->failure(id, *fk_error_last());
    fk_stats stats{};
    fill_stats(vm, &stats);
    vm->trace->opened(id, stats);
}

fk_status open(const fk_vm_options &options, fk_vm *vm) {
    vm->generation = process_generation();
    if (!vm->options.take(options)) return last_status();
    const fk_vm_options &taken = vm->options.get();
    vm->methods.take(taken.methods);
    vm->untimed = (taken.flags & FK_OPEN_UNTIMED) && taken.open_timeout == FK_NO_LIMIT &&
                  taken.call_timeout == FK_NO_LIMIT;
    vm->output.take(taken.output, taken.user, taken.max_output);
    vm->backend = find_backend(vm->options.backend());
    if (!vm->backend || !Trace::open(&vm->trace)) return last_status();
    if (taken.flags & FK_OPEN_UNTIMED)
        vm->recorder.turn_off(); // it is in a child: the server keeps the messages
    else
        vm->crash.take();
    CallScope scope(vm, taken.open_timeout, 0, true);
    if (scope.status != FK_OK) return scope.status;
    succeed();
    const int64_t id = vm->trace ? vm->trace->opening(taken) : 0;
    const fk_status status = vm->backend->open(vm, &host_table, &taken, &vm->state);
    if (status != FK_OK) expect_failure(status, vm->backend->name);
    if (vm->trace) trace_opened(vm, id, status);
    return status;
}

} // namespace

extern "C" {

fk_status fk_vm_open(const fk_vm_options *options, fk_vm **vm) {
    if (vm) *vm = nullptr;
    if (!options || !vm) return fail(FK_INVALID, "fk_vm_open: options or vm is NULL");
    return guard([&] {
        auto fresh = *vm = new fk_vm;
        const fk_status status = guard([&] { return open(*options, fresh); });
        if (status == FK_OK) return succeed();
        *vm = nullptr;
        release(fresh);
        note_call(nullptr, false);
        return status;
    });
}

fk_status fk_vm_call(fk_vm *vm, const char *method, const fk_value *params, fk_value **result) {
    if (result) *result = nullptr;
    if (const fk_status s = check_vm(vm, "fk_vm_call")) return s;
    if (!method || !*method) return fail(FK_INVALID, "fk_vm_call: method is NULL or empty");
    return call(vm, method, params, [&] {
        Recorded recorded{vm};
        recorded.begin(method, params, false);
        fk_value *answer = nullptr;
        const fk_status status = vm->backend->call(vm->state, method, params, &answer);
        recorded.end(status, answer);
        if (result && status == FK_OK)
            *result = answer;
        else
            fk_value_free(answer);
        return status;
    });
}

fk_status fk_vm_notify(fk_vm *vm, const char *method, const fk_value *params) {
    if (const fk_status s = check_vm(vm, "fk_vm_notify")) return s;
    if (!method || !*method) return fail(FK_INVALID, "fk_vm_notify: method is NULL or empty");
    return call(vm, method, params, [&] {
        Recorded recorded{vm};
        recorded.begin(method, params, true);
        if (vm->backend->notify) return vm->backend->notify(vm->state, method, params);
        return notify_by_call(vm, method, params);
    });
}

fk_status fk_vm_interrupt(fk_vm *vm) {
    if (const fk_status s = check_vm(vm, "fk_vm_interrupt")) return s;
    if (!vm->running.load(std::memory_order_relaxed)) return FK_OK;
    vm->interrupted.store(true, std::memory_order_seq_cst); // before the backend looks who runs
    if (vm->backend->interrupt && vm->state) vm->backend->interrupt(vm->state);
    return FK_OK; // a signal handler must not touch the thread's error
}

int fk_vm_fd(fk_vm *vm) {
    if (check_vm(vm, "fk_vm_fd") != FK_OK || !vm->backend->fd) return -1;
    return vm->backend->fd(vm->state);
}

fk_status fk_vm_poll(fk_vm *vm) {
    if (const fk_status s = check_vm(vm, "fk_vm_poll")) return s;
    return guard([&] {
        CallScope scope(vm, vm->options.get().call_timeout, 0);
        if (scope.status != FK_OK) return note_call(nullptr, true), scope.status;
        if (vm->dead.load(std::memory_order_relaxed)) return finish(vm, dead(vm), nullptr);
        succeed();
        return vm->backend->poll ? finish(vm, vm->backend->poll(vm->state), nullptr) : succeed();
    });
}

fk_status fk_vm_close(fk_vm *vm) {
    if (!vm) return succeed();
    if (const fk_status s = check_vm(vm, "fk_vm_close")) return s;
    if (vm->lock.held_by_me())
        return stays_open(vm, "fk_vm_close: the VM cannot be closed inside a callback of its own; "
                              "close it after the call has returned");
    vm->closing.store(true, std::memory_order_seq_cst);
    fk_vm_interrupt(vm);
    if (!vm->lock.enter(vm->options.get().call_timeout)) {
        vm->closing.store(false, std::memory_order_seq_cst);
        return stays_open(vm,
                          "fk_vm_close: a call of another thread did not end within call_timeout; "
                          "nothing was closed");
    }
    const fk_status status = guard([&] {
        Frame frame{nullptr, VmClock::never, vm->answers.mark(), true, true};
        vm->frame = &frame;
        vm->output.begin_call();
        vm->clock.enter(vm->now());
        succeed();
        if (vm->trace) vm->trace->closing();
        const fk_status s = vm->backend->close(vm->state);
        if (s != FK_OK) expect_failure(s, vm->backend->name);
        vm->output.end_call();
        return s;
    });
    vm->lock.leave();
    release(vm);
    return status == FK_OK ? succeed() : status;
}

} // extern "C"
