// SPDX-License-Identifier: MIT
#include "settings.h"

#include "base/environment.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr uint64_t gigabyte = 1 << 30;

uint64_t number(const char *name, uint64_t standard) {
    const char *text = setting(name);
    const uint64_t n = text ? std::strtoull(text, nullptr, 10) : 0;
    return n ? n : standard;
}

uint32_t small(const char *name, uint32_t standard) {
    return static_cast<uint32_t>(std::min<uint64_t>(number(name, standard), UINT32_MAX));
}

bool has_word(const char *name, std::string_view word) {
    const char *text = setting(name);
    return text &&
           (' ' + std::string(text) + ' ').find(' ' + std::string(word) + ' ') != std::string::npos;
}

} // namespace

ChildSettings::ChildSettings(const char *script) : each(has_word("FK_VM_FEATURES", "each")) {
    options.size = sizeof options;
    options.backend = "embedded";
    options.script = script;
    char *const here = ::getcwd(nullptr, 0);
    directory = here ? here : ".";
    std::free(here);
    options.directory = directory.c_str();
    options.environment = environ; // the server has made all of it
    options.memory_limit = number("FK_VM_MEMORY_LIMIT", gigabyte);
    options.open_timeout = small("FK_VM_OPEN_TIMEOUT", FK_NO_LIMIT);
    options.call_timeout = small("FK_VM_CALL_TIMEOUT", FK_NO_LIMIT);
    options.close_timeout = small("FK_VM_CLOSE_TIMEOUT", FK_NO_LIMIT);
    options.max_message = small("FK_VM_MAX_MESSAGE", 64u << 20);
    options.max_values = small("FK_VM_MAX_VALUES", 1'000'000);
    options.max_host_calls = small("FK_VM_MAX_HOST_CALLS", 1'000'000);
    options.max_output = FK_NO_LIMIT; // the server counts it
    options.max_nesting = 100;        // and these
    options.interrupt_signal = SIGURG;
    if (setting("FK_VM_FOLLOW_LINKS")) options.flags = FK_OPEN_FOLLOW_LINKS;
    level = small("FK_VM_SANDBOX", FK_SANDBOX_GAME);
    options.sandbox =
        level == FK_SANDBOX_STRICT ? uint32_t{FK_SANDBOX_GAME} : level; // the rest of it is ours
    if (const char *list = setting("FK_VM_PRELOAD")) preload_text = list;
    for (char *entry = std::strtok(preload_text.data(), " "); entry;
         entry = std::strtok(nullptr, " "))
        preload.push_back(entry);
    preload.push_back(nullptr);
    options.preload = preload.data();
    options.globals = setting("FK_VM_GLOBALS");
}

} // namespace fkvm
