// SPDX-License-Identifier: MIT
// What a worker has done so far, for its metrics. From any thread.
#pragma once

#include "fk_vm.h"

#include <atomic>
#include <cstdint>

namespace fkvm {

struct Tally {
    using Count = std::atomic<uint64_t>;

    Count opened_fresh{0}, opened_from_template{0}, not_opened{0}, refused{0};
    Count deaths[FK_DEATH_UNKNOWN + 1] = {}; // by cause; an exit with code 0 is FK_DEATH_NONE
    Count bytes_in{0}, bytes_out{0};         // from servers, and to them
    Count servers_lost{0};
};

} // namespace fkvm
