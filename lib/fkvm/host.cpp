// SPDX-License-Identifier: MIT
// fk_host: what the library does for a backend. dispatch() is the hot path of every game.
#include "error.h"
#include "request.h"
#include "value.h"
#include "vm.h"

#if __has_include(<cxxabi.h>)
#include <cxxabi.h>
#endif
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <utility>

namespace fk {
namespace {

// Runs the callback; an exception becomes an internal error of the request.
fk_status run(const fk_method &method, fk_request *request, const fk_value *params) {
    try {
        return method.call(method.user, request, params);
#if defined(__GLIBC__) && __has_include(<cxxabi.h>)
    } catch (abi::__forced_unwind &) { // pthread_exit, pthread_cancel: must go on
        throw;
#endif
    } catch (const std::exception &e) {
        fk_fail(request, FK_CODE_INTERNAL, e.what());
    } catch (...) {
        fk_fail(request, FK_CODE_INTERNAL, "the host method threw something that is no std::exception");
    }
    return FK_OK;
}

// A callback that returned a failure without an answer fails with what it last heard.
void complete(fk_request *request, fk_status status) {
    if (status == FK_OK || request->code) return;
    const fk_error *error = fk_error_last();
    const bool same = error->status == status;
    fk_fail(request, FK_CODE_INTERNAL, same ? error->message : fk_status_name(status));
}

// Nobody waits for output, so a callback for it may call the VM no more than one for a notification.
void output(fk_vm *vm, fk_level level, const char *text, size_t size) {
    Frame *frame = vm->frame;
    const bool outer = std::exchange(frame->in_notification, true);
    vm->output.write(level, {text, size});
    frame->in_notification = outer;
}

void log_failure(fk_vm *vm, const fk_request &request) {
    vm->failed_notifications.add();
    const std::string record = std::string("the notification ") + request.method + " failed: " +
                               request.message + " (" + std::to_string(request.code) + ")\n";
    output(vm, FK_LEVEL_WARNING, record.data(), record.size());
}

void call_method(fk_vm *vm, HostMethod *entry, fk_request *request, const fk_value *params) {
    Frame *frame = vm->frame;
    const bool outer_notification = frame->in_notification;
    frame->in_notification = outer_notification || request->notification;
    succeed(); // complete() looks at what the callback heard
    const uint64_t start = now_ns();
    vm->clock.leave(start);
    const uint64_t used = vm->clock.used();
    complete(request, run(*entry->method, request, params));
    const uint64_t end = now_ns();
    const uint64_t nested = vm->clock.used() - used; // the VM's own time in calls back
    vm->clock.enter(end);
    frame->in_notification = outer_notification;
    entry->calls.add();
    entry->total_ns.add(end - start - nested);
    entry->max_ns.raise(end - start - nested);
    vm->host_ns.add(end - start - nested);
}

fk_status dispatch(fk_vm *vm, const char *method, size_t size, const fk_value *params, bool notification,
                   fk_answer *answer) {
    static const fk_value none{};
    if (!params) params = &none;
    vm->answers.rewind(vm->frame->answers);
    (notification ? vm->notifications : vm->requests).add();
    HostMethod *entry = vm->methods.find({method, size});
    return guard([&] {
        // A name that only "*" takes is not terminated where it comes from.
        std::string name;
        const bool listed = entry && entry->name.size() == size && entry->method->name != std::string_view("*");
        if (!listed) name.assign(method, size);
        fk_request request{vm, listed ? entry->method->name : name.c_str(), notification, {}, 0, {}};
        const int64_t id = !vm->trace || notification ? 0 : vm->trace->next_id();
        if (vm->trace) vm->trace->request(Trace::ToServer, {method, size}, params, id);
        if (entry)
            call_method(vm, entry, &request, params);
        else
            fk_fail(&request, FK_CODE_METHOD_NOT_FOUND,
                    ("the server has no host method '" + name + "'").c_str());
        if (vm->trace && id) {
            if (request.code)
                vm->trace->error(Trace::ToVm, id, request.code, request.message);
            else
                vm->trace->result(Trace::ToVm, id, request.result);
        }
        if (notification) {
            if (request.code) log_failure(vm, request);
            return FK_OK;
        }
        auto *result = vm->answers.array<fk_value>(1);
        if (!result) throw std::bad_alloc();
        *result = request.result;
        *answer = {result, request.code, ""};
        if (!request.code) return FK_OK;
        char *text = vm->answers.copy(request.message.c_str(), request.message.size() + 1);
        answer->message = text ? text : "out of memory";
        return FK_SCRIPT_ERROR;
    });
}

constexpr size_t first_failure = offsetof(fk_failure, death); // its size in the first backend ABI

fk_status fail_vm(fk_vm *vm, fk_status status, const fk_failure *failure) {
    fk_failure local{};
    if (failure) std::memcpy(static_cast<void *>(&local), failure, std::clamp(failure->size, first_failure, sizeof local));
    if (local.vm_dead && !vm->dead.load(std::memory_order_relaxed)) {
        try {
            vm->death = local.message ? local.message : fk_status_name(status);
        } catch (...) {
        }
        vm->death_exit_status = local.exit_status;
        vm->death_cause = local.death;
        vm->dead.store(true, std::memory_order_release);
    }
    return fail(status, local, !local.vm_dead);
}

uint64_t deadline(fk_vm *vm) { return vm->deadline(); }
bool interrupted(fk_vm *vm) { return vm->interrupted.load(std::memory_order_seq_cst); }

} // namespace

const fk_host host_table = {sizeof(fk_host), FK_BACKEND_ABI, dispatch,         output,
                            fail_vm,         deadline,       interrupted,      fk_value_copy,
                            fk_value_free,   fk_value_to_json, fk_value_from_json, fk_text_free};

} // namespace fk
