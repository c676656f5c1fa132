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

double median_or_unknown(const std::vector<double> &numbers) {
    return numbers.empty() ? unknown : median(numbers);
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

Children::Children(const Stages &stages) {
    for (const auto &stage : stages) look_at(*stage);
}

void Children::look_at(const Stage &stage) {
    const fk_stats stats = stage.vm().stats();
    if (stats.pid == 0) return;
    page_faults_ += page_faults_of(stats.pid);
    const Memory memory = memory_of(stats.pid);
    if (!stats.from_template || memory.resident == 0) return;
    private_.push_back(double(memory.private_));
    shared_.push_back(1 - double(memory.private_) / double(memory.resident));
}

void Children::add_to(JsonObject &object, const std::string &when) const {
    object.add(when + "_copy", median_or_unknown(private_))
        .add(when + "_shared", median_or_unknown(shared_));
}

void Moment::add_to(JsonObject &object, const std::string &when, const Moment &before,
                    const Stages &stages, const Children &children) const {
    add_memory(object, when, before.memory, memory, stages.size());
    object.add(when + "_lua", held_by_lua(stages));
    children.add_to(object, when);
}

} // namespace cli
