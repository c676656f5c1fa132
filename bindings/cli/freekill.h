// SPDX-License-Identifier: MIT
// What it takes to play freekill-core: where its files are, and the settings of a room.
#pragma once

#include "vm.h"

#include <string>

namespace cli {

// The settings of a room, in CBOR, as freekill-core reads them.
std::string freekill_settings(int64_t timeout);

// Makes arguments open freekill-core below folder. False: a complaint has been made.
bool use_freekill(const std::string &folder, VmArguments &arguments);

} // namespace cli
