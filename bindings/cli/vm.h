// SPDX-License-Identifier: MIT
// One VM as the commands use it: opened from arguments, closed by its destructor.
#pragma once

#include "messages.h"

#include "fk_vm.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cli {

// What the commands that open a VM take on their command line.
struct VmArguments {
    std::string script, directory, backend, command, trace, sandbox = "game";
    std::vector<std::string> preload, environment;
    struct {
        std::string object;             // JSON
        std::vector<std::string> named; // NAME=VALUE
    } globals;
    bool no_template = false, follow_links = false, raw_strings = false;
    double timeout = 0;        // seconds of one call, 0: the library's default
    uint64_t memory_limit = 0; // megabytes, 0: the library's default
};

struct FreeValue {
    void operator()(fk_value *value) const { fk_value_free(value); }
};
using Value = std::unique_ptr<fk_value, FreeValue>;

class Vm {
  public:
    Vm() = default;
    Vm(Vm &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Vm &operator=(Vm &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Vm() {
        if (handle_) fk_vm_close(handle_); // else the thread's last error stays
    }

    // methods may be null. After a failure fk_error_last() tells why.
    fk_status open(const VmArguments &arguments, const fk_method *methods, Messages &messages);
    fk_status close() { return fk_vm_close(std::exchange(handle_, nullptr)); }

    fk_status call(const char *method, const fk_value &params, Value *result = nullptr);
    fk_stats stats() const;
    fk_vm *handle() const { return handle_; }

  private:
    fk_vm *handle_ = nullptr;
};

// Whether this installation has that backend and can use it.
bool is_available(const std::string &backend);

// Those of embedded and process that are, in this order.
std::vector<std::string> standard_backends();

// Puts what arguments say about the child and the trace where the library looks for it.
void set_environment(const VmArguments &arguments);

} // namespace cli
