// SPDX-License-Identifier: MIT
// What the command line says.
#pragma once

#include "log.h"
#include "server.h"

namespace server {

struct Arguments {
    ServerOptions server;
    std::string freekill; // a folder
    std::string log;      // a file
    LogFormat log_format = LogFormat::Text;
    Level log_level = Level::Info;
    bool shell = false;
};

// True: go on. False: exit_code says with what the program ends; what there is to say has been
// said.
bool parse_arguments(int argc, char **argv, Arguments &arguments, int &exit_code);

} // namespace server
