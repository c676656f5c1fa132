// SPDX-License-Identifier: MIT
// The calling thread's last error. One block a thread; texts are kept until the thread's next call.
#include "error.h"

namespace fk {
namespace {

struct LastError {
    fk_error error{sizeof(fk_error), FK_OK, false, 0, 0, "", nullptr, nullptr};
    std::string message, traceback, method;
};

thread_local LastError last;

void set_text(const char *&view, std::string &store, std::string_view text) {
    store.assign(text);
    view = store.c_str();
}

void reset(fk_status status) noexcept {
    last.error = fk_error{sizeof(fk_error), status, false, 0, 0, "", nullptr, nullptr, FK_DEATH_NONE};
}

} // namespace

fk_status succeed() noexcept {
    if (last.error.status != FK_OK) reset(FK_OK);
    return FK_OK;
}

fk_status fail(fk_status status, std::string_view message) noexcept {
    reset(status);
    try {
        set_text(last.error.message, last.message, message);
    } catch (...) {
        last.error.message = "out of memory while the error was recorded";
    }
    return status;
}

fk_status fail(fk_status status, const fk_failure &failure, bool vm_alive) noexcept {
    fail(status, failure.message ? failure.message : fk_status_name(status));
    last.error.vm_alive = vm_alive;
    last.error.code = failure.code;
    last.error.exit_status = failure.exit_status;
    last.error.death = failure.death;
    try {
        if (failure.traceback) set_text(last.error.traceback, last.traceback, failure.traceback);
    } catch (...) {
    }
    return status;
}

void note_call(const char *method, bool vm_alive) noexcept {
    last.error.vm_alive = vm_alive;
    try {
        if (method) set_text(last.error.method, last.method, method);
    } catch (...) {
    }
}

void expect_failure(fk_status status, const char *who) noexcept {
    if (last.error.status == status) return;
    try {
        fail(status, std::string("the backend '") + who + "' failed with " + fk_status_name(status) +
                         " and gave no reason");
    } catch (...) {
        fail(status, "the backend gave no reason");
    }
}

fk_status last_status() noexcept { return last.error.status; }

KeptError::KeptError() noexcept
    : error_(last.error), own_message_(last.error.message == last.message.c_str()) {
    message_.swap(last.message);
    traceback_.swap(last.traceback);
    method_.swap(last.method);
    reset(FK_OK);
}

KeptError::~KeptError() {
    message_.swap(last.message);
    traceback_.swap(last.traceback);
    method_.swap(last.method);
    last.error = error_;
    if (own_message_) last.error.message = last.message.c_str();
    if (error_.traceback) last.error.traceback = last.traceback.c_str();
    if (error_.method) last.error.method = last.method.c_str();
}

} // namespace fk

extern "C" const fk_error *fk_error_last(void) { return &fk::last.error; }

extern "C" const char *fk_status_name(fk_status status) {
    static const char *const names[] = {"OK",           "INVALID",      "NO_MEMORY",    "NO_BACKEND",
                                        "OPEN_FAILED",  "NO_METHOD",    "SCRIPT_ERROR", "BAD_VALUE",
                                        "TIMEOUT",      "MEMORY_LIMIT", "INTERRUPTED",  "VM_DIED",
                                        "PROTOCOL",     "BUSY"};
    const auto i = static_cast<unsigned>(status);
    return i < sizeof names / sizeof *names ? names[i] : "UNKNOWN";
}

extern "C" const char *fk_death_name(fk_death death) {
    static const char *const names[] = {"NONE",    "EXIT",      "SIGNAL",   "OUT_OF_MEMORY", "MEMORY_LIMIT",
                                        "TIMEOUT", "INTERRUPT", "PROTOCOL", "UNKNOWN"};
    const auto i = static_cast<unsigned>(death);
    return i < sizeof names / sizeof *names ? names[i] : "UNKNOWN";
}
