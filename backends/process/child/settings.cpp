// SPDX-License-Identifier: MIT
#include "settings.h"

#include "base/environment.h"
#include "shim/options.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace fkvm {
namespace {

uint64_t number(const char *name) {
    const char *text = environment(name);
    return text ? std::strtoull(text, nullptr, 10) : 0;
}

bool has_word(const char *name, std::string_view word) {
    const char *text = environment(name);
    return text &&
           (' ' + std::string(text) + ' ').find(' ' + std::string(word) + ' ') != std::string::npos;
}

} // namespace

ChildSettings::ChildSettings() : each(has_word("FK_VM_FEATURES", "each")) {
    options.memory_limit = number("FK_VM_MEMORY_LIMIT");
    const auto message = static_cast<uint32_t>(number("FK_VM_MAX_MESSAGE")),
               values = static_cast<uint32_t>(number("FK_VM_MAX_VALUES"));
    options.max_message = message ? message : default_max_message;
    options.max_values = values ? values : default_max_values;
    options.max_host_calls = static_cast<uint32_t>(number("FK_VM_MAX_HOST_CALLS"));
    options.sandbox = static_cast<uint32_t>(number("FK_VM_SANDBOX"));
    if (const char *list = environment("FK_VM_PRELOAD")) preload_text = list;
    for (char *entry = std::strtok(preload_text.data(), " "); entry;
         entry = std::strtok(nullptr, " "))
        preload.push_back(entry);
    preload.push_back(nullptr);
    options.preload = preload.data();
}

} // namespace fkvm
