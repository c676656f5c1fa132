// SPDX-License-Identifier: MIT
// What VMs take at a moment, beside the moment before they were opened.
#pragma once

#include "json.h"
#include "stage.h"

#include <memory>
#include <vector>

namespace cli {

using Stages = std::vector<std::unique_ptr<Stage>>;

struct Moment {
    Footprint memory = footprint(); // of this process and its children

    // Adds figures of one VM to object. WHEN_private, WHEN_pss and WHEN_rss: what all added to the
    // server and to its children since before. WHEN_lua: what Lua holds. Of a copy of a template,
    // if there are any: WHEN_copy is its private memory, WHEN_shared the part of its memory that
    // other processes have, too.
    void add_to(JsonObject &object, const std::string &when, const Moment &before,
                const Stages &stages) const;
};

// Of one VM, whatever their number.
void add_memory(JsonObject &object, const std::string &when, const Footprint &before,
                const Footprint &now, uint64_t vms);

// Of the children of all, or of this process where a VM has none.
uint64_t page_faults_of(const Stages &stages);

} // namespace cli
