// SPDX-License-Identifier: MIT
// A VM's options: checked, defaults filled in, paths resolved, and everything copied, so that the
// caller may drop its own the moment fk_vm_open returns.
#pragma once

#include "fk_vm.h"
#include "wire/value.h"

#include <forward_list>
#include <string>
#include <vector>

namespace fkvm {

// Of the options that a child's messages are bounded by before its VM is open.
constexpr uint32_t default_max_message = 64u << 20, default_max_values = 1'000'000;

class Options {
  public:
    // False: a failure has been recorded (FK_INVALID, FK_OPEN_FAILED). from is not NULL.
    bool take(const fk_vm_options &from);

    const fk_vm_options &get() const noexcept { return options_; }
    ValueLimits value_limits() const noexcept {
        return {options_.max_values, options_.max_message};
    }
    const std::string &backend() const noexcept { return backend_; } // after $FK_VM_BACKEND

    // The caller's user pointers, known even if take() failed.
    void finalize() noexcept;

  private:
    bool check() const;
    bool check_globals() const;
    bool check_methods() const;
    void stand_beside_script();
    bool resolve_directory();
    bool resolve_script() const;
    std::string script_path() const;
    bool check_width() const;
    void fill_limits();
    const char *keep(const char *text);
    const char *const *keep_list(const char *const *list);

    fk_vm_options options_{};
    std::string backend_;
    std::forward_list<std::string> texts_;
    std::forward_list<std::vector<const char *>> lists_;
    std::vector<fk_method> methods_;
};

} // namespace fkvm
