// SPDX-License-Identifier: MIT
// Each member against the table of options; whatever does not fit is refused by name.
#include "json_options.h"

#include "base/buffer.h"
#include "shim/error.h"
#include "wire/json.h"
#include "wire/value.h"

#include <cstring>
#include <limits>
#include <new>

namespace fkvm {
namespace {

bool refuse(const char *name, const std::string &why) {
    fail(FK_INVALID, std::string("fk_vm_open_json: ") + name + " " + why);
    return false;
}

std::string joined(const char *const *words, size_t count) {
    std::string text;
    for (size_t i = 0; i < count; i++) text += std::string(i ? ", " : "") + "\"" + words[i] + "\"";
    return text;
}

std::string known_options() {
    std::string text;
    for (const Option &option : option_table) text += std::string(option.name) + ", ";
    return text + "methods";
}

} // namespace

bool JsonOptions::take(const fk_value &object) {
    if (object.kind != FK_OBJECT) return refuse("options", "is not an object");
    for (uint32_t i = 0; i < object.size; i++) {
        const fk_member &member = object.members[i];
        const char *name = keep(std::string(text_of(member.name)));
        if (!take_member(name, member.value)) return false;
    }
    return true;
}

bool JsonOptions::take_member(const char *name, const fk_value &value) {
    if (!std::strcmp(name, "methods")) {
        has_methods_ = true;
        return take_list(name, value, &methods_);
    }
    for (const Option &option : option_table)
        if (!std::strcmp(name, option.name)) return take_option(option, value);
    return refuse(name, "is no option; there are: " + known_options());
}

bool JsonOptions::take_option(const Option &option, const fk_value &value) {
    switch (option.kind) {
    case Option::Text:
        return take_text(option.name, value, &option.of<const char *>(options_));
    case Option::Json:
        return take_object(option.name, value, &option.of<const char *>(options_));
    case Option::List:
    case Option::Secret: {
        if (value.kind == FK_NULL) return true;
        auto &list = lists_.emplace_front();
        const bool is_taken =
            value.kind == FK_OBJECT && option.at != offsetof(fk_vm_options, command)
                ? take_pairs(option.name, value, &list)
                : take_list(option.name, value, &list);
        list.push_back(nullptr);
        option.of<const char *const *>(options_) = list.data();
        return is_taken;
    }
    case Option::Limit64:
        return take_number(option.name, value, FK_NO_LIMIT_64, &option.of<uint64_t>(options_));
    case Option::Limit32:
        return take_number(option.name, value, FK_NO_LIMIT, &option.of<uint32_t>(options_));
    case Option::Number:
        return take_number(option.name, value, 0u, &option.of<uint32_t>(options_));
    case Option::Signal:
        return take_number(option.name, value, FK_NO_SIGNAL, &option.of<int>(options_));
    case Option::Sandbox:
        return take_word(option.name, value, sandbox_names, std::size(sandbox_names),
                         &option.of<uint32_t>(options_));
    case Option::Flags:
        return take_flags(option.name, value, &option.of<uint32_t>(options_));
    }
    return false;
}

bool JsonOptions::take_text(const char *name, const fk_value &value, const char **text) {
    if (value.kind == FK_NULL) return true;
    if (value.kind != FK_STRING) return refuse(name, "is not a string");
    if (text_of(value).find('\0') != std::string_view::npos) return refuse(name, "has a NUL in it");
    *text = keep(std::string(text_of(value)));
    return true;
}

// An object, or a text that holds one.
bool JsonOptions::take_object(const char *name, const fk_value &value, const char **text) {
    if (value.kind != FK_OBJECT) return take_text(name, value, text);
    Buffer json;
    if (!write_json(json, value)) throw std::bad_alloc();
    *text = keep(std::string(json.data(), json.size()));
    return true;
}

bool JsonOptions::take_list(const char *name, const fk_value &value,
                            std::vector<const char *> *list) {
    if (value.kind != FK_ARRAY) return refuse(name, "is not a list of strings");
    for (uint32_t i = 0; i < value.size; i++) {
        const std::string place = std::string(name) + "[" + std::to_string(i) + "]";
        const char *text = nullptr;
        if (!take_text(place.c_str(), value.items[i], &text)) return false;
        if (!text) return refuse(place.c_str(), "is null");
        list->push_back(text);
    }
    return true;
}

bool JsonOptions::take_pairs(const char *name, const fk_value &value,
                             std::vector<const char *> *list) {
    for (uint32_t i = 0; i < value.size; i++) {
        const fk_member &member = value.members[i];
        const std::string key(text_of(member.name));
        const std::string place = std::string(name) + "." + key;
        const char *text = nullptr;
        if (!take_text(place.c_str(), member.value, &text)) return false;
        if (!text) return refuse(place.c_str(), "is null");
        list->push_back(keep(key + "=" + text));
    }
    return true;
}

template <class T>
bool JsonOptions::take_number(const char *name, const fk_value &value, T none, T *number) {
    if (value.kind == FK_NULL) return *number = none, true;
    if (value.kind != FK_INT) return refuse(name, "is not a whole number");
    constexpr uint64_t most = std::numeric_limits<T>::max();
    const int64_t least = std::numeric_limits<T>::is_signed ? -1 : 0;
    if (value.integer < least)
        return refuse(name, "is " + std::to_string(value.integer) + ", at least " +
                                std::to_string(least) + " is possible");
    if (value.integer > 0 && static_cast<uint64_t>(value.integer) > most)
        return refuse(name, "is " + std::to_string(value.integer) + ", at most " +
                                std::to_string(most) + " is possible; null is no limit");
    *number = static_cast<T>(value.integer);
    return true;
}

bool JsonOptions::take_word(const char *name, const fk_value &value, const char *const *words,
                            size_t count, uint32_t *index) {
    if (value.kind == FK_INT) return take_number(name, value, 0u, index);
    for (size_t i = 0; i < count; i++) {
        if (value.kind != FK_STRING || text_of(value) != words[i]) continue;
        *index = static_cast<uint32_t>(i);
        return true;
    }
    return refuse(name, "is none of " + joined(words, count));
}

bool JsonOptions::take_flags(const char *name, const fk_value &value, uint32_t *flags) {
    if (value.kind == FK_INT) return take_number(name, value, 0u, flags);
    if (value.kind != FK_ARRAY)
        return refuse(name, "is not a list of " + joined(flag_names, std::size(flag_names)));
    for (uint32_t i = 0; i < value.size; i++) {
        const std::string place = std::string(name) + "[" + std::to_string(i) + "]";
        uint32_t bit = 0;
        if (value.items[i].kind == FK_INT) return refuse(place.c_str(), "is a number, not a name");
        if (!take_word(place.c_str(), value.items[i], flag_names, std::size(flag_names), &bit))
            return false;
        *flags |= 1u << bit;
    }
    return true;
}

} // namespace fkvm
