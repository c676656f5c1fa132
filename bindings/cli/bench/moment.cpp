// SPDX-License-Identifier: MIT
// What VMs take at a moment.
#include "moment.h"

#include "report.h"
#include "summary.h"

namespace cli {

namespace {

double held_by_lua(const Stages &stages) {
    double sum = 0;
    for (const auto &stage : stages) sum += double(stage->vm().stats().memory);
    return sum / double(stages.size());
}

void add_copies(JsonObject &object, const std::string &when, const Stages &stages) {
    std::vector<double> private_, shared;
    for (const auto &stage : stages) {
        const fk_stats stats = stage->vm().stats();
        if (!stats.from_template) continue;
        const Memory memory = memory_of(stats.pid);
        if (memory.resident == 0) continue;
        private_.push_back(double(memory.private_));
        shared.push_back(1 - double(memory.private_) / double(memory.resident));
    }
    object.add(when + "_copy", private_.empty() ? unknown : median(private_))
        .add(when + "_shared", shared.empty() ? unknown : median(shared));
}

} // namespace

void add_memory(JsonObject &object, const std::string &when, const Footprint &before,
                const Footprint &now, uint64_t vms) {
    const auto each = [&](uint64_t Memory::*kind) {
        const double own = double(now.own.*kind) - double(before.own.*kind);
        const double children = double(now.children.*kind) - double(before.children.*kind);
        return (own + children) / double(vms);
    };
    object.add(when + "_private", each(&Memory::private_))
        .add(when + "_pss", each(&Memory::proportional))
        .add(when + "_rss", each(&Memory::resident));
}

void Moment::add_to(JsonObject &object, const std::string &when, const Moment &before,
                    const Stages &stages) const {
    add_memory(object, when, before.memory, memory, stages.size());
    object.add(when + "_lua", held_by_lua(stages));
    add_copies(object, when, stages);
}

uint64_t page_faults_of(const Stages &stages) {
    uint64_t sum = 0;
    for (const auto &stage : stages) {
        const int64_t pid = stage->vm().stats().pid;
        if (pid == 0) return page_faults(0);
        sum += page_faults(pid);
    }
    return sum;
}

} // namespace cli
