// SPDX-License-Identifier: MIT
// A command line told as JSON: packaging/pages makes manual pages and shell completions of it.
#pragma once

#include "json.h"

#include <CLI/CLI.hpp>

namespace cli {

inline std::string describe(const CLI::Option &option) {
    JsonArray names;
    for (const std::string &name : option.get_snames()) names.raw(json_of("-" + name));
    for (const std::string &name : option.get_lnames()) names.raw(json_of("--" + name));
    return JsonObject()
        .raw("names", names.text())
        .add("positional", option.get_positional() ? option.get_name(true) : "")
        .add("required", option.get_required())
        .add("takes", option.get_items_expected_max() > 0)
        .add("type", option.get_type_name())
        .add("default", option.get_default_str())
        .add("group", option.get_group())
        .add("about", option.get_description())
        .text();
}

// What is hidden has no group, and is left out.
inline std::string describe(const CLI::App &app) {
    JsonArray options, commands;
    for (const CLI::Option *option : app.get_options())
        if (!option->get_group().empty()) options.raw(describe(*option));
    for (const CLI::App *command : app.get_subcommands({}))
        if (!command->get_group().empty()) commands.raw(describe(*command));
    return JsonObject()
        .add("name", app.get_name())
        .add("about", app.get_description())
        .add("footer", app.get_footer())
        .raw("options", options.text())
        .raw("commands", commands.text())
        .text();
}

// PROGRAM --describe, which --help does not list, prints it.
inline bool describes(const CLI::App &app, int argc, char **argv) {
    if (argc != 2 || std::string_view(argv[1]) != "--describe") return false;
    puts(describe(app).c_str());
    return true;
}

} // namespace cli
