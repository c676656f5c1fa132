// SPDX-License-Identifier: MIT
// The calling thread's last error. One block a thread; texts are kept until the thread's next call.
#include "error.h"

#include "base/fast_tls.h"

#include <cstdarg>
#include <cstdio>

namespace fkvm {
namespace {

// Apart from the texts, and without a function call to find it: every call looks at the status.
constinit FK_FAST_TLS thread_local fk_error last{sizeof(fk_error), FK_OK,   true,         0, 0, "",
                                                 nullptr,          nullptr, FK_DEATH_NONE};

struct Texts {
    std::string message, traceback, method;
};
thread_local Texts texts;

void set_text(const char *&view, std::string &store, std::string_view text) {
    store.assign(text);
    view = store.c_str();
}

void reset(fk_status status) noexcept {
    last = fk_error{sizeof(fk_error), status,  status == FK_OK, 0, 0, "",
                    nullptr,          nullptr, FK_DEATH_NONE};
}

} // namespace

fk_status succeed() noexcept {
    if (last.status != FK_OK) reset(FK_OK);
    return FK_OK;
}

fk_status fail(fk_status status, std::string_view message) noexcept {
    reset(status);
    try {
        set_text(last.message, texts.message, message);
    } catch (...) {
        last.message = "out of memory while the error was recorded";
    }
    return status;
}

fk_status failf(fk_status status, const char *format, ...) noexcept {
    char text[400];
    va_list values;
    va_start(values, format);
    std::vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return fail(status, text);
}

fk_status fail(fk_status status, const fk_failure &failure, bool vm_alive) noexcept {
    fail(status, failure.message ? failure.message : fk_status_name(status));
    last.vm_alive = vm_alive;
    last.code = failure.code;
    last.exit_status = failure.exit_status;
    last.death = failure.death;
    try {
        if (failure.traceback) set_text(last.traceback, texts.traceback, failure.traceback);
    } catch (...) {
    }
    return status;
}

void note_call(const char *method, bool vm_alive) noexcept {
    last.vm_alive = vm_alive;
    try {
        if (method) set_text(last.method, texts.method, method);
    } catch (...) {
    }
}

void expect_failure(fk_status status, const char *who) noexcept {
    if (last.status == status) return;
    failf(status, "the backend '%s' failed with %s and gave no reason", who,
          fk_status_name(status));
}

fk_status last_status() noexcept { return last.status; }

KeptError::KeptError() noexcept
    : error_(last), own_message_(last.message == texts.message.c_str()) {
    message_.swap(texts.message);
    traceback_.swap(texts.traceback);
    method_.swap(texts.method);
    reset(FK_OK);
}

KeptError::~KeptError() {
    message_.swap(texts.message);
    traceback_.swap(texts.traceback);
    method_.swap(texts.method);
    last = error_;
    if (own_message_) last.message = texts.message.c_str();
    if (error_.traceback) last.traceback = texts.traceback.c_str();
    if (error_.method) last.method = texts.method.c_str();
}

} // namespace fkvm

extern "C" const fk_error *fk_error_last(void) { return &fkvm::last; }
