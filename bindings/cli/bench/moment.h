// SPDX-License-Identifier: MIT
// What VMs take at a moment, beside the moment before they were opened.
#pragma once

#include "json.h"
#include "stage.h"

#include <memory>
#include <vector>

namespace cli {

using Stages = std::vector<std::unique_ptr<Stage>>;

// Children of VMs, each at a moment of its own.
class Children {
  public:
    Children() = default;
    explicit Children(const Stages &stages);

    void look_at(const Stage &stage); // an embedded VM has none
    uint64_t page_faults() const { return page_faults_; }

    // Of those that are copies of a template, medians, null if none is: WHEN_copy is the private
    // memory, WHEN_shared the part of all its memory that other processes have, too.
    void add_to(JsonObject &object, const std::string &when) const;

  private:
    std::vector<double> private_, shared_;
    uint64_t page_faults_ = 0;
};

struct Moment {
    Footprint memory = footprint(); // of this process and its children

    // Adds figures of one VM to object. WHEN_private, WHEN_pss and WHEN_rss: what all added to the
    // server and to its children since before. WHEN_lua: what Lua holds. And those of children.
    void add_to(JsonObject &object, const std::string &when, const Moment &before,
                const Stages &stages, const Children &children) const;
    void add_to(JsonObject &object, const std::string &when, const Moment &before,
                const Stages &stages) const {
        add_to(object, when, before, stages, Children(stages));
    }
};

// Of one VM, whatever their number.
void add_memory(JsonObject &object, const std::string &when, const Footprint &before,
                const Footprint &now, uint64_t vms);

} // namespace cli
