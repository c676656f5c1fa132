// SPDX-License-Identifier: MIT
#include "monitor/listing.h"

#include "format.h"
#include "term.h"

#include <algorithm>
#include <map>

namespace cli {

namespace {

using Seen = std::pair<const VmSeen *, const VmRates *>;

constexpr uint64_t long_method_ns = 1'000'000'000;

std::string pid_of(const Seen &seen) {
    return seen.first->pid ? std::to_string(seen.first->pid) : "-";
}

std::string p99_of(const Seen &seen) {
    if (!seen.second->p99_ns) return "-";
    if (*seen.second->p99_ns == unbounded_time) return "> 8.6 s";
    return seconds(double(*seen.second->p99_ns) / 1e9);
}

double sortable_p99(const Seen &seen) {
    return seen.second->p99_ns ? double(*seen.second->p99_ns) : -1;
}

std::string method_of(const Seen &seen) {
    const VmSeen &vm = *seen.first;
    if (vm.state == "dead") return "dead: " + harmless(vm.death);
    if (vm.state == "idle") return "-";
    const std::string name = vm.method.empty() ? "(working)" : harmless(vm.method);
    return vm.method_ns < long_method_ns ? name : name + ", " + seconds(double(vm.method_ns) / 1e9);
}

std::string label_of(const Seen &seen) {
    return harmless(seen.first->label.empty() ? seen.first->script : seen.first->label);
}

bool has(const std::vector<std::string> &cells, const std::string &text) {
    return std::any_of(cells.begin(), cells.end(),
                       [&](const std::string &cell) { return cell.find(text) != cell.npos; });
}

} // namespace

// Numbers are sorted from the largest down, texts from A.
struct Listing::Column {
    const char *title;
    char alignment;
    std::string (*text)(const Seen &seen);
    double (*number)(const Seen &seen); // nullptr: by its text
};

const Listing::Column Listing::all[] = {
    {"VM", 'r', [](const Seen &seen) { return std::to_string(seen.first->number); },
     [](const Seen &seen) { return -double(seen.first->number); }},
    {"BACKEND", 'l', [](const Seen &seen) { return harmless(seen.first->backend); }, nullptr},
    {"PID", 'r', pid_of, [](const Seen &seen) { return double(seen.first->pid); }},
    {"MEMORY", 'r', [](const Seen &seen) { return bytes(seen.first->shown_memory()); },
     [](const Seen &seen) { return double(seen.first->shown_memory()); }},
    {"CALLS/S", 'r', [](const Seen &seen) { return rate(seen.second->calls); },
     [](const Seen &seen) { return seen.second->calls; }},
    {"NOTIFIES/S", 'r',
     [](const Seen &seen) { return rate(seen.second->notifies + seen.second->host_notifies); },
     [](const Seen &seen) { return seen.second->notifies + seen.second->host_notifies; }},
    {"HOST/S", 'r', [](const Seen &seen) { return rate(seen.second->host_calls); },
     [](const Seen &seen) { return seen.second->host_calls; }},
    {"P99", 'r', p99_of, sortable_p99},
    {"METHOD", 'l', method_of, nullptr},
    {"LABEL", 'l', label_of, nullptr},
};

Listing::Listing(bool with_server) {
    if (with_server) titles_.push_back("SERVER");
    for (const Column &column : all) {
        columns_.push_back(&column);
        titles_.push_back(column.title);
    }
}

Table Listing::table(const ListOrder &order) const {
    const size_t first = titles_.size() - columns_.size();
    std::string alignment(first, 'l');
    for (const Column *column : columns_) alignment += column->alignment;
    std::vector<std::string> titles = titles_;
    titles[order.column] += order.is_reversed ? "^" : "v";
    return Table(alignment, std::move(titles));
}

std::vector<ListedVm> Listing::rows(const std::vector<const ServerSeen *> &servers,
                                    const ListOrder &order, const std::string &filter) const {
    const size_t first = titles_.size() - columns_.size();
    std::vector<ListedVm> rows;
    for (size_t i = 0; i < servers.size(); i++)
        for (const auto &[vm, rates] : servers[i]->vms) {
            ListedVm row{i, &vm, &rates, {}};
            if (first)
                row.cells.push_back(harmless(servers[i]->program) + " " +
                                    std::to_string(servers[i]->pid));
            for (const Column *column : columns_) row.cells.push_back(column->text({&vm, &rates}));
            if (filter.empty() || has(row.cells, filter)) rows.push_back(std::move(row));
        }
    const Column *column = order.column < first ? nullptr : columns_[order.column - first];
    std::stable_sort(rows.begin(), rows.end(), [&](const ListedVm &a, const ListedVm &b) {
        const ListedVm &left = order.is_reversed ? b : a, &right = order.is_reversed ? a : b;
        if (column && column->number)
            return column->number({left.vm, left.rates}) > column->number({right.vm, right.rates});
        return left.cells[order.column] < right.cells[order.column];
    });
    return rows;
}

std::string sum_of(const std::vector<const ServerSeen *> &servers) {
    uint64_t vms = 0, working = 0, dead = 0;
    std::map<std::string, uint64_t> deaths;
    for (const ServerSeen *server : servers) {
        vms += server->vms.size();
        for (const auto &[vm, rates] : server->vms) {
            working += vm.state == "working";
            dead += vm.state == "dead";
        }
        for (const auto &[cause, count] : server->deaths) deaths[cause] += count;
    }
    std::string text = plural(vms, "VM", "VMs") + ": " + std::to_string(working) + " working, " +
                       std::to_string(vms - working - dead) + " idle, " + std::to_string(dead) +
                       " dead";
    if (!deaths.empty()) text += "; deaths so far:";
    for (const auto &[cause, count] : deaths)
        text += " " + harmless(cause) + " " + std::to_string(count);
    return text;
}

} // namespace cli
