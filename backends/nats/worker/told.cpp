// SPDX-License-Identifier: MIT
// What a worker tells of itself: its metrics.
#include "metrics.h"
#include "worker.h"

#include <utility>

namespace fkvm {
namespace {

std::string sample(const std::string &name, uint64_t value) {
    return name + " " + std::to_string(value) + "\n";
}

std::string counter(const char *name, const char *help, uint64_t value) {
    return metric_text(name, "counter", help, sample(name, value));
}

} // namespace

std::string Worker::metrics() {
    size_t vms = 0, servers = 0;
    uint64_t resident = 0;
    {
        const std::lock_guard lock(mutex_);
        servers = servers_.size();
        for (auto &[_, server] : servers_)
            for (auto &[number, vm] : server.vms)
                if (!vm->has_ended()) vms++, resident += uint64_t{vm->entry().resident_kb} * 1024;
    }
    const std::string opens = "fkvm_worker_opens_total", deaths = "fkvm_worker_ended_total";
    std::string by_kind, by_cause;
    for (const auto &[kind, count] : {std::pair{"fresh", tally_.opened_fresh.load()},
                                      std::pair{"template", tally_.opened_from_template.load()},
                                      std::pair{"failed", tally_.not_opened.load()}})
        by_kind += sample(opens + "{kind=\"" + kind + "\"}", count);
    for (size_t i = 0; i < std::size(tally_.deaths); i++)
        by_cause += sample(deaths + "{cause=\"" + fk_death_name(static_cast<fk_death>(i)) + "\"}",
                           tally_.deaths[i].load());
    return metric_text("fkvm_worker_vms", "gauge", "VMs that are lent now.",
                       sample("fkvm_worker_vms", vms)) +
           metric_text("fkvm_worker_capacity", "gauge", "VMs at once at most.",
                       sample("fkvm_worker_capacity", options_.capacity)) +
           metric_text("fkvm_worker_servers", "gauge", "Servers that are heard.",
                       sample("fkvm_worker_servers", servers)) +
           metric_text("fkvm_worker_resident_bytes", "gauge",
                       "Resident memory of all VMs; pages that they share count in each.",
                       sample("fkvm_worker_resident_bytes", resident)) +
           metric_text(opens.c_str(), "counter", "VMs that were opened.", by_kind) +
           metric_text(deaths.c_str(), "counter", "VMs that have ended; none: in order.",
                       by_cause) +
           counter("fkvm_worker_refused_total", "Requests for a VM that were refused.",
                   tally_.refused.load()) +
           counter("fkvm_worker_received_bytes_total", "From servers to VMs.",
                   tally_.bytes_in.load()) +
           counter("fkvm_worker_sent_bytes_total", "From VMs to servers.",
                   tally_.bytes_out.load()) +
           counter("fkvm_worker_servers_lost_total", "Servers with VMs that were not heard.",
                   tally_.servers_lost.load());
}

} // namespace fkvm
