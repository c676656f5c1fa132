// SPDX-License-Identifier: MIT
// The tables of the admin shell.
#pragma once

#include "server.h"

namespace server {

struct Command;

// Lines for a terminal.
std::string report_commands(const std::vector<Command> &commands);
std::string report_server(Server &server);
std::string report_vms(Server &server); // each by itself
std::string report_rooms(Server &server);
std::string report_room(Server &server, const Room &room);
std::string report_players(Server &server);
std::string report_deaths(Server &server);
std::string report_backends(Server &server);
std::string report_script(const fk_value *value, const std::string &problem);

// The backends of this build and the plug-ins found: names, and what each is.
std::map<std::string, std::string> backends();

} // namespace server
