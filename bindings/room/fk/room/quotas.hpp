// SPDX-License-Identifier: MIT
// fk::room::Quotas - how much a server keeps in memory for the scripts of one VM.
#pragma once

#include <cstdint>

namespace fk::room {

struct Quota {
    uint64_t room; // of one room or task
    uint64_t vm;   // of all of one VM
};

// A host method that would go beyond one fails, and its error names it, as "quotas.delays.room".
struct Quotas {
    Quota delays{1000, 20'000};          // open at once
    Quota npcs{100, 5000};               // computer players that scripts added
    Quota queries{100, 5000};            // saves and loads that wait for the storage
    Quota save_bytes{4 << 20, 64 << 20}; // of those: keys and texts. A text has at most as many
    Quota session_bytes{1 << 20, 64 << 20};
    Quota results{1000, 100'000}; // of players and generals, of rooms that have not ended
    uint64_t name_bytes = 256;    // of a key, a mode, a role or a general
};

} // namespace fk::room
