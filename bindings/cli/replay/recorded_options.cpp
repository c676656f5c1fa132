// SPDX-License-Identifier: MIT
// The options of a recorded VM.
#include "recorded_options.h"

#include "commands.h"

#include <csignal>

namespace cli {

RecordedOptions::RecordedOptions(const RecordedVm &vm, const ReplayArguments &arguments) : vm_(vm) {
    const auto given = [](const std::string &text, const char *recorded) {
        return text.empty() ? recorded : text.c_str();
    };
    options_.script = given(arguments.script, text("script"));
    options_.directory = given(arguments.directory, text("directory"));
    options_.backend = given(arguments.backend, text("backend"));
    options_.preload = list("preload", preload_);
    options_.globals = text("globals");
    options_.memory_limit = limit<uint64_t>("memory_limit", FK_NO_LIMIT_64);
    options_.open_timeout = limit<uint32_t>("open_timeout", FK_NO_LIMIT);
    options_.call_timeout = limit<uint32_t>("call_timeout", FK_NO_LIMIT);
    options_.close_timeout = limit<uint32_t>("close_timeout", FK_NO_LIMIT);
    options_.max_message = limit<uint32_t>("max_message", FK_NO_LIMIT);
    options_.max_output = limit<uint32_t>("max_output", FK_NO_LIMIT);
    options_.max_nesting = limit<uint32_t>("max_nesting", FK_NO_LIMIT);
    options_.max_values = limit<uint32_t>("max_values", FK_NO_LIMIT);
    options_.max_host_calls = limit<uint32_t>("max_host_calls", FK_NO_LIMIT);
    options_.sandbox = limit<uint32_t>("sandbox", FK_SANDBOX_GAME);
    options_.flags = limit<uint32_t>("flags", 0);
    options_.interrupt_signal = SIGRTMIN + 4;
    if (arguments.no_timeout) options_.open_timeout = options_.call_timeout = FK_NO_LIMIT;
}

void RecordedOptions::take_methods(fk_host_fn call, void *user) {
    methods_[0] = {"*", call, user, 0, {}};
    options_.methods = methods_;
}

void RecordedOptions::take_output(Messages &messages) {
    options_.output = Messages::receive;
    options_.user = &messages;
}

const char *RecordedOptions::text(const char *name) {
    const fk_value *value = vm_.option(name);
    if (!value || value->kind != FK_STRING) return nullptr;
    return texts_.emplace_back(value->string, value->size).c_str();
}

const char *const *RecordedOptions::list(const char *name, std::vector<const char *> &items) {
    const fk_value *value = vm_.option(name);
    if (!value || value->kind != FK_ARRAY) return nullptr;
    for (uint32_t i = 0; i < value->size; i++) {
        const fk_value &item = value->items[i];
        if (item.kind == FK_STRING)
            items.push_back(texts_.emplace_back(item.string, item.size).c_str());
    }
    items.push_back(nullptr);
    return items.data();
}

// 0, the default, where the trace does not say.
template <class Limit>
Limit RecordedOptions::limit(const char *name, Limit none) const {
    const fk_value *value = vm_.option(name);
    if (!value) return 0;
    return value->kind == FK_INT ? static_cast<Limit>(value->integer) : none;
}

} // namespace cli
