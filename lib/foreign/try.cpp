// SPDX-License-Identifier: MIT
// Errors as values: the recorded one of this thread, copied before anybody can change threads.
#include "base/no_cancel.h"
#include "base/utf8.h"
#include "fk_foreign.h"
#include "handed_out.h"
#include "shim/json_text.h"

#include <cstdlib>
#include <cstring>
#include <vector>

using namespace fkvm;

namespace {

fk_error out_of_memory{sizeof(fk_error),
                       FK_NO_MEMORY,
                       false,
                       0,
                       0,
                       "out of memory while an error was handed out",
                       nullptr,
                       nullptr,
                       FK_DEATH_NONE};

size_t bytes_of(const char *text) noexcept { return text ? std::strlen(text) + 1 : 0; }

const char *place(char *&at, const char *text) noexcept {
    if (!text) return nullptr;
    const size_t size = bytes_of(text);
    char *placed = at;
    std::memcpy(placed, text, size);
    at += size;
    return placed;
}

fk_error *taken(fk_status status) noexcept {
    if (status == FK_OK) return nullptr;
    const fk_error &error = *fk_error_last();
    void *block = std::malloc(sizeof error + bytes_of(error.message) + bytes_of(error.traceback) +
                              bytes_of(error.method));
    if (!block) return &out_of_memory;
    auto *copy = static_cast<fk_error *>(block);
    *copy = error;
    char *at = reinterpret_cast<char *>(copy + 1);
    copy->message = place(at, error.message);
    copy->traceback = place(at, error.traceback);
    copy->method = place(at, error.method);
    return copy;
}

// Texts of an error as JSON: any bytes may stand in them, but a reader wants texts.
class Described {
  public:
    explicit Described(const fk_error &error) {
        text("status", fk_status_name(error.status));
        text("message", error.message);
        text("traceback", error.traceback);
        text("method", error.method);
        members_.push_back({FK_STR("vm_alive"), FK_BOOL(error.vm_alive)});
        if (error.code) members_.push_back({FK_STR("code"), FK_INT(error.code)});
        if (error.exit_status)
            members_.push_back({FK_STR("exit_status"), FK_INT(error.exit_status)});
        if (error.death) text("death", fk_death_name(error.death));
    }
    fk_value value() const noexcept { return FK_MEMBERS(members_.data(), members_.size()); }

  private:
    void text(const char *name, const char *bytes) {
        if (!bytes) return;
        const std::string &plain = texts_[members_.size()] = plain_text(bytes);
        members_.push_back({FK_STR(name), FK_BYTES(plain.data(), plain.size())});
    }

    std::string texts_[8];
    std::vector<fk_member> members_;
};

} // namespace

fk_status fkvm::hand_out_error(fk_status status, char **error) noexcept {
    if (status == FK_OK || !error) return status;
    const NoCancel here;
    try {
        *error = json_text(Described(*fk_error_last()).value());
    } catch (...) {
        *error = nullptr;
    }
    return status;
}

extern "C" {

fk_error *fk_try_open(const fk_vm_options *options, fk_vm **vm) {
    return taken(fk_vm_open(options, vm));
}
fk_error *fk_try_call(fk_vm *vm, const char *method, const fk_value *params, fk_value **result) {
    return taken(fk_vm_call(vm, method, params, result));
}
fk_error *fk_try_notify(fk_vm *vm, const char *method, const fk_value *params) {
    return taken(fk_vm_notify(vm, method, params));
}
fk_error *fk_try_poll(fk_vm *vm) { return taken(fk_vm_poll(vm)); }
fk_error *fk_try_close(fk_vm *vm) { return taken(fk_vm_close(vm)); }

void fk_error_free(fk_error *error) {
    if (error != &out_of_memory) std::free(error);
}

} // extern "C"
