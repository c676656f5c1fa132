// SPDX-License-Identifier: MIT
// What an administrator may ask and order. It calls named functions of the server and of scripts,
// and never evaluates text.
#pragma once

#include "server.h"

#include <functional>
#include <string>
#include <vector>

namespace server {

// Called once, from any thread, with lines for a terminal; what scripts wrote in them is harmless
// there.
using Answer = std::function<void(const std::string &text)>;

struct Command {
    const char *name, *arguments, *about;
    void (*run)(Server &server, const std::vector<std::string> &arguments, const Answer &answer);
    bool on_page = false; // a button of the page for operators may give it
};

const std::vector<Command> &commands();

// Runs a line: a command and its arguments, separated by spaces. On the server's thread.
void run_command(Server &server, const std::string &line, const Answer &answer);

// What may stand in the place of the line's last word. On the server's thread.
std::vector<std::string> completions(Server &server, const std::string &line);

} // namespace server
