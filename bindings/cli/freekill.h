// SPDX-License-Identifier: MIT
// What it takes to play freekill-core: where its files are, and the settings of a room.
#pragma once

#include <cstdint>
#include <string>

namespace cli {

// The settings of a room, in CBOR, as freekill-core reads them.
std::string freekill_settings(int64_t timeout, const char *room_name = "x");

// The entry script and the directory of a VM for the freekill-core below folder. False: problem
// says what is missing.
bool find_freekill(const std::string &folder, std::string &script, std::string &directory,
                   std::string &problem);

} // namespace cli
