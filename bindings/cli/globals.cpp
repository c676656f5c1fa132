// SPDX-License-Identifier: MIT
// Globals of a VM from a command line.
#include "globals.h"

#include "json.h"

#include "fk_vm.h"

#include <map>
#include <memory>

namespace cli {

namespace {

using Value = std::unique_ptr<fk_value, decltype(&fk_value_free)>;

Value value_of(std::string_view text) {
    fk_value *value = nullptr;
    fk_value_from_json(text.data(), text.size(), &value);
    return {value, fk_value_free};
}

std::string json_of_word(std::string_view word) {
    return value_of(word) ? std::string(word) : json_of(word);
}

} // namespace

std::string global_problem(const std::string &named) {
    const size_t equals = named.find('=');
    return equals && equals != std::string::npos ? "" : "'" + named + "' is not NAME=VALUE";
}

std::string globals_problem(const std::string &object) {
    const Value value = value_of(object);
    if (!value) return std::string("no JSON: ") + fk_error_last()->message;
    return value->kind == FK_OBJECT ? "" : "no JSON object: " + object;
}

std::string globals_of(const std::string &object, const std::vector<std::string> &named) {
    if (named.empty()) return object;
    std::map<std::string, std::string> members;
    const Value value = value_of(object.empty() ? "{}" : object);
    for (uint32_t i = 0; i < value->size; i++) {
        const fk_member &member = value->members[i];
        members[std::string(view_of(member.name))] = json_of(member.value);
    }
    for (const std::string &entry : named) {
        const size_t equals = entry.find('=');
        members[entry.substr(0, equals)] = json_of_word(std::string_view(entry).substr(equals + 1));
    }
    JsonObject json;
    for (const auto &[name, text] : members) json.raw(name, text);
    return json.text();
}

} // namespace cli
