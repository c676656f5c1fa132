// SPDX-License-Identifier: MIT
// The probes; each returns one line of JSON.
#pragma once

#include "json.h"
#include "probe.h"

namespace cli {

std::string probe_game(const ProbeArguments &arguments);
std::string probe_parallel(const ProbeArguments &arguments);
std::string probe_rounds(const ProbeArguments &arguments);
std::string probe_endurance(const ProbeArguments &arguments);
std::string probe_updates(const ProbeArguments &arguments);
std::string probe_pause(const ProbeArguments &arguments);
std::string probe_close(const ProbeArguments &arguments);
std::string probe_crowd(const ProbeArguments &arguments);
std::string probe_call(const ProbeArguments &arguments);
std::string probe_echo(const ProbeArguments &arguments);
std::string probe_notify(const ProbeArguments &arguments);

} // namespace cli
