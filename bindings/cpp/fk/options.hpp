// SPDX-License-Identifier: MIT
// fk::Options - fk_vm_options with strings and lists that own themselves.
#pragma once

#include <fk_vm.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fk {

// Fields, units and defaults are those of fk_vm_options; empty is its NULL, 0 its default.
//     fk::Vm vm({.script = "game.lua", .directory = "packages", .call_timeout = 2000});
struct Options {
    std::string backend = {}, script = {}, directory = {};
    std::vector<std::string> command = {}, environment = {}, preload = {};
    std::vector<fk_method> methods = {}; // of C, without the end {0}, beside those that are bound
    // What these throw is dropped. They capture what C passes as `user`.
    std::function<void(fk_level, std::string_view)> output = {};
    std::function<void()> finalize = {};
    uint64_t memory_limit = 0;
    uint32_t open_timeout = 0, call_timeout = 0, close_timeout = 0;
    uint32_t max_message = 0, max_output = 0, max_nesting = 0;
    uint32_t sandbox = FK_SANDBOX_GAME, flags = 0;
    int interrupt_signal = 0;
    uint32_t max_values = 0, max_host_calls = 0, host_timeout = 0;
    std::string globals = {}; // JSON
};

namespace detail {

// The lists of an Options as C wants them, and the fk_vm_options that points to them; output and
// finalize are left to whoever keeps what they capture.
class OptionsView {
  public:
    explicit OptionsView(const Options &from) {
        options.backend = text(from.backend);
        options.script = text(from.script);
        options.directory = text(from.directory);
        options.command = list(from.command, command_);
        options.environment = list(from.environment, environment_);
        options.preload = list(from.preload, preload_);
        if (!from.methods.empty()) {
            methods_ = from.methods;
            methods_.push_back({});
            options.methods = methods_.data();
        }
        options.memory_limit = from.memory_limit;
        options.open_timeout = from.open_timeout;
        options.call_timeout = from.call_timeout;
        options.close_timeout = from.close_timeout;
        options.max_message = from.max_message;
        options.max_output = from.max_output;
        options.max_nesting = from.max_nesting;
        options.sandbox = from.sandbox;
        options.flags = from.flags;
        options.interrupt_signal = from.interrupt_signal;
        options.max_values = from.max_values;
        options.max_host_calls = from.max_host_calls;
        options.host_timeout = from.host_timeout;
        options.globals = text(from.globals);
    }
    OptionsView(const OptionsView &) = delete;

    fk_vm_options options = FK_VM_OPTIONS_INIT;

  private:
    using List = std::vector<const char *>;
    static const char *text(const std::string &from) {
        return from.empty() ? nullptr : from.c_str();
    }
    static const char *const *list(const std::vector<std::string> &from, List &to) {
        if (from.empty()) return nullptr;
        for (const std::string &item : from) to.push_back(item.c_str());
        to.push_back(nullptr);
        return to.data();
    }

    List command_, environment_, preload_;
    std::vector<fk_method> methods_;
};

} // namespace detail
} // namespace fk
