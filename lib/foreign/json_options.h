// SPDX-License-Identifier: MIT
// Options that arrive as JSON: fk_vm_open_json.
#pragma once

#include "fk_vm.h"
#include "shim/option_table.h"

#include <forward_list>
#include <string>
#include <vector>

namespace fkvm {

class JsonOptions {
  public:
    JsonOptions() { options_.size = sizeof options_; }
    JsonOptions(const JsonOptions &) = delete;
    JsonOptions &operator=(const JsonOptions &) = delete;

    // False: a failure has been recorded (FK_INVALID, which names the member).
    bool take(const fk_value &object);

    // For the caller to complete. Texts and lists in it live as long as this.
    fk_vm_options &get() noexcept { return options_; }
    // The names that host takes; nullptr: all.
    const std::vector<const char *> *methods() const noexcept {
        return has_methods_ ? &methods_ : nullptr;
    }

  private:
    bool take_member(const char *name, const fk_value &value);
    bool take_option(const Option &option, const fk_value &value);
    bool take_text(const char *name, const fk_value &value, const char **text);
    bool take_object(const char *name, const fk_value &value, const char **text);
    bool take_list(const char *name, const fk_value &value, std::vector<const char *> *list);
    bool take_pairs(const char *name, const fk_value &value, std::vector<const char *> *list);
    template <class T>
    bool take_number(const char *name, const fk_value &value, T none, T *number);
    bool take_word(const char *name, const fk_value &value, const char *const *words, size_t count,
                   uint32_t *index);
    bool take_flags(const char *name, const fk_value &value, uint32_t *flags);
    const char *keep(std::string text) { return texts_.emplace_front(std::move(text)).c_str(); }

    fk_vm_options options_{};
    std::vector<const char *> methods_;
    bool has_methods_ = false;
    std::forward_list<std::string> texts_;
    std::forward_list<std::vector<const char *>> lists_;
};

} // namespace fkvm
