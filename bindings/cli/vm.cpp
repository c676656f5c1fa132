// SPDX-License-Identifier: MIT
// One VM as the commands use it.
#include "vm.h"

#include "globals.h"

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace cli {

namespace {

uint32_t sandbox_of(const std::string &name) {
    if (name == "trusted") return FK_SANDBOX_TRUSTED;
    if (name == "strict") return FK_SANDBOX_STRICT;
    return FK_SANDBOX_GAME;
}

// A list as C wants it, which ends with NULL.
std::vector<const char *> pointers(const std::vector<std::string> &list) {
    std::vector<const char *> result;
    for (const std::string &entry : list) result.push_back(entry.c_str());
    result.push_back(nullptr);
    return result;
}

const char *or_null(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

} // namespace

bool is_available(const std::string &backend) {
    fk_value *raw = nullptr;
    if (fk_backend_list(&raw) != FK_OK) return false;
    const Value list(raw);
    for (uint32_t i = 0; i < list->size; i++) {
        const fk_value *called = fk_value_member(&list->items[i], "name");
        const fk_value *available = fk_value_member(&list->items[i], "available");
        if (called && available && std::string_view(called->string, called->size) == backend)
            return available->integer;
    }
    return false;
}

std::vector<std::string> standard_backends() {
    std::vector<std::string> names;
    for (const char *name : {"embedded", "process"})
        if (is_available(name)) names.emplace_back(name);
    return names;
}

void set_environment(const VmArguments &arguments) {
    if (!arguments.command.empty()) setenv("FK_VM_COMMAND", arguments.command.c_str(), 1);
    if (!arguments.trace.empty()) setenv("FK_VM_TRACE", arguments.trace.c_str(), 1);
}

fk_status Vm::open(const VmArguments &arguments, const fk_method *methods, Messages &messages) {
    close();
    const auto preload = pointers(arguments.preload), environment = pointers(arguments.environment);
    const std::string globals = globals_of(arguments.globals.object, arguments.globals.named);

    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = or_null(arguments.backend);
    if (!options.backend && !arguments.command.empty()) options.backend = "process";
    options.script = or_null(arguments.script);
    options.directory = or_null(arguments.directory);
    options.preload = preload.data();
    options.environment = environment.data();
    options.globals = or_null(globals);
    options.methods = methods;
    options.output = Messages::receive;
    options.user = &messages;
    options.sandbox = sandbox_of(arguments.sandbox);
    options.call_timeout = static_cast<uint32_t>(arguments.timeout * 1000);
    options.memory_limit = arguments.memory_limit * 1'000'000;
    if (arguments.no_template) options.flags |= FK_OPEN_NO_TEMPLATE;
    if (arguments.follow_links) options.flags |= FK_OPEN_FOLLOW_LINKS;
    if (arguments.raw_strings) options.flags |= FK_OPEN_RAW_STRINGS;
    options.interrupt_signal = SIGRTMIN + 4;
    return fk_vm_open(&options, &handle_);
}

fk_status Vm::call(const char *method, const fk_value &params, Value *result) {
    fk_value *value = nullptr;
    const fk_status status = fk_vm_call(handle_, method, &params, result ? &value : nullptr);
    if (result) result->reset(value);
    return status;
}

fk_stats Vm::stats() const {
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(handle_, &stats);
    return stats;
}

} // namespace cli
