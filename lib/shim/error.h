// SPDX-License-Identifier: MIT
// The calling thread's last error (fk_error_last), and the ways to set it.
#pragma once

#include "base/no_cancel.h"
#include "base/printf_format.h"
#include "fk_backend.h"

#include <new>
#include <string>
#include <string_view>

namespace fkvm {

// Clears the thread's error; returns FK_OK.
fk_status succeed() noexcept;

// Records a failure and returns status. Never throws: without memory the text is a fixed one.
fk_status fail(fk_status status, std::string_view message) noexcept;
fk_status fail(fk_status status, const fk_failure &failure, bool vm_alive) noexcept;
// The same with a text as printf's, for those who may not throw either; cut at 400 bytes.
FK_PRINTF(2, 3) fk_status failf(fk_status status, const char *format, ...) noexcept;

// Completes the recorded failure: which method was called, whether the VM lives.
void note_call(const char *method, bool vm_alive) noexcept;
// Makes sure that the recorded failure is one of this status (a backend may have forgotten).
void expect_failure(fk_status status, const char *who) noexcept;

fk_status last_status() noexcept;

// Keeps the thread's error over a callback that runs when the error has been recorded already.
class KeptError {
  public:
    KeptError() noexcept;
    ~KeptError();
    KeptError(const KeptError &) = delete;
    KeptError &operator=(const KeptError &) = delete;

  private:
    fk_error error_;
    std::string message_, traceback_, method_;
    bool own_message_; // not a static text
};

// What body throws becomes a status.
template <class Body>
fk_status caught(Body body) noexcept {
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return fail(FK_NO_MEMORY, "out of memory");
    } catch (const std::exception &e) {
        return fail(FK_INVALID, e.what());
    }
}

// Runs the body of a C function that is not called from inside another one only.
template <class Body>
fk_status guard(Body body) noexcept {
    const NoCancel here;
    return caught(body);
}

} // namespace fkvm
