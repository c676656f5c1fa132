// SPDX-License-Identifier: MIT
// The options that are plain data, by name: for reports, for the trace, and for options that arrive
// as JSON. What is the caller's (host methods, callbacks) is not among them.
#pragma once

#include "fk_vm.h"

#include <cstddef>

namespace fkvm {

struct Option {
    enum Kind { Text, Json, List, Secret, Limit32, Limit64, Number, Sandbox, Flags, Signal };
    const char *name;
    Kind kind; // Json: text that holds an object. Secret: a list that no report shows
    size_t at;

    template <class T>
    const T &of(const fk_vm_options &options) const noexcept {
        return *reinterpret_cast<const T *>(reinterpret_cast<const char *>(&options) + at);
    }
    template <class T>
    T &of(fk_vm_options &options) const noexcept {
        return *reinterpret_cast<T *>(reinterpret_cast<char *>(&options) + at);
    }
};

inline constexpr Option option_table[] = {
    {"backend", Option::Text, offsetof(fk_vm_options, backend)},
    {"script", Option::Text, offsetof(fk_vm_options, script)},
    {"directory", Option::Text, offsetof(fk_vm_options, directory)},
    {"command", Option::List, offsetof(fk_vm_options, command)},
    {"environment", Option::Secret, offsetof(fk_vm_options, environment)},
    {"preload", Option::List, offsetof(fk_vm_options, preload)},
    {"globals", Option::Json, offsetof(fk_vm_options, globals)},
    {"memory_limit", Option::Limit64, offsetof(fk_vm_options, memory_limit)},
    {"open_timeout", Option::Limit32, offsetof(fk_vm_options, open_timeout)},
    {"call_timeout", Option::Limit32, offsetof(fk_vm_options, call_timeout)},
    {"close_timeout", Option::Limit32, offsetof(fk_vm_options, close_timeout)},
    {"host_timeout", Option::Limit32, offsetof(fk_vm_options, host_timeout)},
    {"max_message", Option::Limit32, offsetof(fk_vm_options, max_message)},
    {"max_output", Option::Limit32, offsetof(fk_vm_options, max_output)},
    {"max_nesting", Option::Number, offsetof(fk_vm_options, max_nesting)},
    {"max_values", Option::Limit32, offsetof(fk_vm_options, max_values)},
    {"max_host_calls", Option::Limit32, offsetof(fk_vm_options, max_host_calls)},
    {"sandbox", Option::Sandbox, offsetof(fk_vm_options, sandbox)},
    {"flags", Option::Flags, offsetof(fk_vm_options, flags)},
    {"interrupt_signal", Option::Signal, offsetof(fk_vm_options, interrupt_signal)}};

inline constexpr uint32_t known_flags =
    FK_OPEN_NO_TEMPLATE | FK_OPEN_FOLLOW_LINKS | FK_OPEN_RAW_STRINGS;
inline constexpr const char *flag_names[] = {"no_template", "follow_links",
                                             "raw_strings"}; // bits 0, 1, 2
inline constexpr const char *sandbox_names[] = {"game", "trusted", "strict"};

} // namespace fkvm
