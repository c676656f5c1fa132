// SPDX-License-Identifier: MIT
#include "wish.h"

#include "notes.h"

#include <array>
#include <utility>

namespace fkvm {
namespace {

// The numbers of a wish by their names; 32 bits but for one.
template <class Wish>
auto numbers(Wish &wish) {
    return std::array{std::pair{"vm", &wish.vm},
                      std::pair{"open_timeout", &wish.open_timeout},
                      std::pair{"call_timeout", &wish.call_timeout},
                      std::pair{"close_timeout", &wish.close_timeout},
                      std::pair{"max_message", &wish.max_message},
                      std::pair{"max_values", &wish.max_values},
                      std::pair{"max_host_calls", &wish.max_host_calls},
                      std::pair{"sandbox", &wish.sandbox},
                      std::pair{"flags", &wish.flags}};
}

template <class Wish>
auto texts(Wish &wish) {
    return std::array{std::pair{"server", &wish.server}, std::pair{"scripts", &wish.scripts},
                      std::pair{"beside", &wish.beside}, std::pair{"script", &wish.script},
                      std::pair{"globals", &wish.globals}};
}

template <class Wish>
auto lists(Wish &wish) {
    return std::array{std::pair{"command", &wish.command},
                      std::pair{"environment", &wish.environment},
                      std::pair{"preload", &wish.preload}};
}

std::vector<std::string> list_of(const char *const *entries) {
    std::vector<std::string> result;
    for (; entries && *entries; entries++) result.emplace_back(*entries);
    return result;
}

} // namespace

void VmWish::take(const fk_vm_options &options) {
    command = list_of(options.command);
    environment = list_of(options.environment);
    preload = list_of(options.preload);
    globals = options.globals ? options.globals : "";
    memory_limit = options.memory_limit;
    open_timeout = options.open_timeout;
    call_timeout = options.call_timeout;
    close_timeout = options.close_timeout;
    max_message = options.max_message;
    max_values = options.max_values;
    max_host_calls = options.max_host_calls;
    sandbox = options.sandbox;
    flags = options.flags;
}

std::string VmWish::text() const {
    Notes notes;
    for (const auto &[name, value] : texts(*this)) notes.text(name, *value);
    for (const auto &[name, value] : lists(*this)) notes.texts(name, *value);
    for (const auto &[name, value] : numbers(*this)) notes.number(name, *value);
    return notes.number("memory_limit", memory_limit).json();
}

bool VmWish::read(std::string_view text, std::string *problem) {
    Notes notes;
    if (!notes.read(text, problem)) return false;
    for (const auto &[name, value] : texts(*this)) *value = notes.text(name);
    for (const auto &[name, value] : lists(*this)) *value = notes.texts(name);
    for (const auto &[name, value] : numbers(*this))
        *value = static_cast<uint32_t>(notes.number(name));
    memory_limit = notes.number("memory_limit");
    return true;
}

WishedOptions::WishedOptions(const VmWish &wish, const std::string &directory,
                             const std::string &script)
    : command_(pointers(wish.command)), environment_(pointers(wish.environment)),
      preload_(pointers(wish.preload)) {
    options_.script = script.empty() ? nullptr : script.c_str();
    options_.directory = directory.c_str();
    options_.command = wish.command.empty() ? nullptr : command_.data();
    options_.environment = environment_.data();
    options_.preload = preload_.data();
    options_.globals = wish.globals.empty() ? nullptr : wish.globals.c_str();
    options_.memory_limit = wish.memory_limit;
    options_.open_timeout = wish.open_timeout;
    options_.call_timeout = wish.call_timeout;
    options_.close_timeout = wish.close_timeout;
    options_.max_message = wish.max_message;
    options_.max_values = wish.max_values;
    options_.max_host_calls = wish.max_host_calls;
    options_.sandbox = wish.sandbox;
    options_.flags = wish.flags;
}

std::vector<const char *> WishedOptions::pointers(const std::vector<std::string> &texts) {
    std::vector<const char *> result;
    for (const std::string &text : texts) result.push_back(text.c_str());
    result.push_back(nullptr);
    return result;
}

} // namespace fkvm
