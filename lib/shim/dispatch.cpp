// SPDX-License-Identifier: MIT
// The hot path of every game: a host method is found, timed, run and answered, without an
// allocation.
#include "dispatch.h"

#include "error.h"
#include "later.h"
#include "request.h"
#include "vm.h"
#include "wire/value.h"

#if __has_include(<cxxabi.h>)
#include <cxxabi.h>
#endif
#include <cstring>
#include <exception>
#include <utility>

namespace fkvm {
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
        fk_fail(request, FK_CODE_INTERNAL,
                "the host method threw something that is no std::exception");
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

void log_failure(fk_vm *vm, const fk_request &request) {
    vm->failed_notifications.add();
    const std::string record =
        failure_record({Work::Notification, request.method},
                       request.message + " (" + std::to_string(request.code) + ")");
    output(vm, FK_LEVEL_WARNING, record.data(), record.size());
}

// Positional parameters on the stack, or in the arena of answers where they are many.
class Params {
  public:
    Params(fk_vm *vm, size_t n)
        : items_(n <= few ? local_ : vm->answers.array<fk_value>(n)), size_(n) {
        if (!items_) throw std::bad_alloc();
    }
    fk_value *items() noexcept { return items_; }
    fk_value value() const noexcept { return FK_ITEMS(items_, size_); }

  private:
    static constexpr size_t few = 16;
    fk_value local_[few];
    fk_value *items_;
    size_t size_;
};

// One host method at work: its name, its time, its request.
class HostCall {
  public:
    HostCall(fk_vm *vm, std::string_view method, bool notification)
        : vm_(vm), entry_(vm->methods.find(method)), request_{vm, name_of(method), notification} {}

    bool takes_list() const noexcept { return entry_ && (entry_->method->flags & FK_METHOD_LIST); }
    const fk_request &request() const noexcept { return request_; }

    // The VM's clock stands still while one lives.
    class Turn {
      public:
        explicit Turn(HostCall &call) noexcept
            : call_(call), outer_(call.vm_->frame->in_notification) {
            call.vm_->frame->in_notification = outer_ || call.request_.notification;
            call.now_ = RunningClock::now();
            call.vm_->leave(call.now_);
        }
        ~Turn() {
            call_.vm_->resume(call_.now_);
            call_.vm_->frame->in_notification = outer_;
        }
        Turn(const Turn &) = delete;
        Turn &operator=(const Turn &) = delete;

      private:
        HostCall &call_;
        bool outer_;
    };

    void run(const fk_value *params) {
        request_.code = 0;
        request_.answered = false;
        request_.later.reset();
        if (is_too_late()) return;
        if (!entry_) return no_method();
        succeed(); // complete() looks at what the callback heard
        const uint64_t used = vm_->clock.used();
        complete(&request_, fkvm::run(*entry_->method, &request_, params));
        if (request_.later) request_.later->end(&request_);
        if (lacks_answer()) no_answer();
        const uint64_t start = std::exchange(now_, RunningClock::now());
        const uint64_t spent =
            now_ - start - (vm_->clock.used() - used); // less the VM's own time in calls back
        entry_->add(spent);
        vm_->host_ns.add(spent);
        count_time(spent);
    }

    void run_notification(const fk_value *params) {
        run(params);
        if (!request_.code) return;
        log_failure(vm_, request_);
        now_ = RunningClock::now();
    }

  private:
    // A name that only "*" takes may not be terminated where it comes from.
    const char *name_of(std::string_view method) {
        if (entry_ && entry_ != vm_->methods.any()) return entry_->method->name;
        auto *name = vm_->answers.array<char>(method.size() + 1);
        if (!name) throw std::bad_alloc();
        std::memcpy(name, method.data(), method.size());
        name[method.size()] = '\0';
        return name;
    }

    // A child says much before it hears of the limit: none of that holds up the server.
    bool is_too_late() const noexcept {
        return request_.notification &&
               (vm_->interrupted_by_host || vm_->ending.reason() == Ending::HostLimit);
    }

    void count_time(uint64_t spent) noexcept {
        vm_->host_time += spent;
        const uint32_t limit = vm_->options.get().host_timeout;
        if (limit != FK_NO_LIMIT && vm_->host_time > uint64_t{limit} * 1'000'000)
            vm_->ending.wish(Ending::HostLimit);
    }

    bool lacks_answer() const noexcept {
        return (entry_->method->flags & FK_METHOD_ANSWERS) && !request_.answered &&
               !request_.notification;
    }

    void no_answer() {
        fk_fail(&request_, FK_CODE_INTERNAL,
                ("the host method '" + std::string(request_.method) +
                 "' gave no answer: its function returned without fk_reply() or fk_fail(), maybe "
                 "after an exception that its language swallowed")
                    .c_str());
    }

    void no_method() {
        fk_fail(&request_, FK_CODE_METHOD_NOT_FOUND,
                ("the server has no host method '" + std::string(request_.method) + "'").c_str());
    }

    fk_vm *vm_;
    HostMethod *entry_;
    fk_request request_;
    uint64_t now_ = 0;
};

// The call as it is, or its first parameter as a list of one.
void run_once(fk_vm *vm, HostCall &call, const fk_value *params) {
    if (!call.takes_list() || params->kind != FK_ARRAY || !params->size) return call.run(params);
    Params own(vm, params->size);
    std::memcpy(static_cast<void *>(own.items()), params->items, params->size * sizeof(fk_value));
    own.items()[0] = FK_ITEMS(params->items, 1);
    const fk_value listed = own.value();
    call.run(&listed);
}

void trace_answer(Trace &trace, const fk_request &request, int64_t id) {
    if (request.code)
        trace.error(Trace::ToVm, id, request.code, request.message);
    else
        trace.result(Trace::ToVm, id, request.result);
}

void record_answer(fk_vm *vm, const fk_request &request) {
    if (request.code)
        vm->recorder.add(Recorder::HostError, vm->clock.entered(), request.message, nullptr);
    else
        vm->recorder.add(Recorder::HostResult, vm->clock.entered(), {}, &request.result);
}

fk_status give_answer(fk_vm *vm, const fk_request &request, fk_answer *answer) {
    auto *result = vm->answers.array<fk_value>(1);
    if (!result) throw std::bad_alloc();
    *result = request.result;
    *answer = {result, request.code, ""};
    if (!request.code) return FK_OK;
    char *text = vm->answers.copy(request.message.c_str(), request.message.size() + 1);
    answer->message = text ? text : "out of memory";
    return FK_SCRIPT_ERROR;
}

// Counts towards max_host_calls.
bool may_call(fk_vm *vm, uint32_t times) noexcept {
    const uint32_t most = vm->options.get().max_host_calls;
    if (most == FK_NO_LIMIT) return true;
    if (times > most - vm->host_calls) return false;
    vm->host_calls += times;
    return true;
}

} // namespace

fk_status dispatch(fk_vm *vm, const char *method, size_t size, const fk_value *params,
                   bool notification, fk_answer *answer) {
    static const fk_value none{};
    if (!params) params = &none;
    if (!may_call(vm, 1)) return FK_PROTOCOL;
    vm->answers.rewind(vm->frame->answers);
    (notification ? vm->notifications : vm->requests).add();
    vm->recorder.add(notification ? Recorder::HostNotify : Recorder::HostCall, vm->clock.entered(),
                     {method, size}, params);
    return caught([&] {
        HostCall call(vm, {method, size}, notification);
        const int64_t id = !vm->trace || notification ? 0 : vm->trace->next_id();
        if (vm->trace) vm->trace->request(Trace::ToServer, {method, size}, params, id);
        {
            const HostCall::Turn turn(call);
            run_once(vm, call, params);
        }
        if (id) trace_answer(*vm->trace, call.request(), id);
        if (!notification) {
            record_answer(vm, call.request());
            return give_answer(vm, call.request(), answer);
        }
        if (call.request().code) log_failure(vm, call.request());
        return FK_OK;
    });
}

fk_status dispatch_each(fk_vm *vm, const char *method, size_t size, const fk_value *each,
                        const fk_value *rest) {
    if (!may_call(vm, each->size)) return FK_PROTOCOL;
    vm->answers.rewind(vm->frame->answers);
    vm->notifications.add(each->size);
    return caught([&] {
        const size_t count = rest ? rest->size : 0;
        Params own(vm, count + 1);
        const fk_value params = own.value();
        if (count)
            std::memcpy(static_cast<void *>(own.items() + 1), rest->items,
                        count * sizeof(fk_value));
        HostCall call(vm, {method, size}, true);
        own.items()[0] = *each;
        vm->recorder.add(Recorder::HostNotify, vm->clock.entered(), {method, size},
                         &params); // one message, as it came
        for (uint32_t i = 0; vm->trace && i < each->size; i++) {
            own.items()[0] = each->items[i];
            vm->trace->request(Trace::ToServer, {method, size}, &params, 0);
        }
        const HostCall::Turn turn(call);
        if (call.takes_list()) {
            own.items()[0] = *each;
            if (each->size) call.run_notification(&params);
        } else {
            for (uint32_t i = 0; i < each->size; i++) {
                own.items()[0] = each->items[i];
                call.run_notification(&params);
            }
        }
        return FK_OK;
    });
}

} // namespace fkvm
