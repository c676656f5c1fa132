// SPDX-License-Identifier: MIT
// Rows by kind and method, summed up while the trace is read.
#include "top.h"

#include "format.h"
#include "json.h"
#include "table.h"
#include "term.h"

#include <algorithm>

namespace cli {

namespace {

std::string time_or_dash(int64_t ns) { return ns < 0 ? "-" : seconds(double(ns) / 1e9); }

void add_time(JsonObject &json, std::string_view name, int64_t ns) {
    if (ns < 0)
        json.raw(name, "null");
    else
        json.add(name, ns);
}

} // namespace

const char *Top::name_of(Kind kind) {
    static const char *const names[] = {"call", "notify", "host call", "host notify", "idle"};
    return names[kind];
}

Top::Row &Top::row(Kind kind, std::string_view method) {
    const Key key(kind, method);
    const auto found = rows_.find(key);
    if (found != rows_.end()) return found->second;
    return rows_.size() < most_rows ? rows_[key] : rows_[{kind, "other"}];
}

void Top::ends(const Track &track, const OpenWork &work, const Glance *answer) {
    Row &row = this->row(work.is_host ? HostCall : Call, work.method);
    const int64_t spent = track.last - work.begin;
    row.count++;
    row.errors += answer && answer->kind == Rpc::Error;
    row.own += spent - work.inner;
    row.durations.add(spent);
}

void Top::notified(const Track &, bool to_vm, const Glance &message, uint64_t) {
    row(to_vm ? Notify : HostNotify, message.method).count++;
}

void Top::idle(const Track &track, int64_t begin) {
    Row &row = this->row(Idle, "collects garbage");
    row.count++;
    row.own += track.last - begin;
    row.durations.add(track.last - begin);
}

// Awaited calls have their own times: what is told of those tells of both.
void Top::cost(const Track &, const MethodCost &cost) {
    const auto found = rows_.find(Key(HostNotify, cost.name));
    if (found == rows_.end() || rows_.contains(Key(HostCall, cost.name))) return;
    found->second.told_total += cost.total_ns;
    found->second.told_max = std::max(found->second.told_max, cost.max_ns);
}

std::vector<Top::Line> Top::lines() const {
    std::vector<Line> lines;
    for (const auto &[key, row] : rows_) {
        Line &line = lines.emplace_back(Line{key.first, key.second, row.count, row.errors});
        if (row.durations.count()) {
            line.total = row.durations.total();
            line.own = row.own;
            line.median = row.durations.quantile(0.5);
            line.p99 = row.durations.quantile(0.99);
            line.max = row.durations.max();
        } else if (row.told_total && !rows_.contains(Key(HostCall, key.second))) {
            line.total = line.own = row.told_total;
            line.max = row.told_max;
        }
    }
    std::stable_sort(lines.begin(), lines.end(), [](const Line &a, const Line &b) {
        return std::pair(a.total, a.count) > std::pair(b.total, b.count);
    });
    return lines;
}

void Top::print(const TraceWalk &walk) const {
    printf("%s\n",
           styled(stdout, Style::Bold,
                  plural(walk.messages(), "message", "messages") + " of " +
                      plural(walk.vms(), "VM", "VMs") + " in " + time_or_dash(walk.duration()))
               .c_str());
    Table table("llrrrrrrr",
                {"what", "method", "count", "errors", "total", "own", "median", "p99", "max"});
    for (const Line &line : lines())
        table.row({name_of(line.kind), harmless(line.method), grouped(line.count),
                   grouped(line.errors), time_or_dash(line.total), time_or_dash(line.own),
                   time_or_dash(line.median), time_or_dash(line.p99), time_or_dash(line.max)});
    table.print(stdout);
}

std::string Top::line_json(const Line &line) {
    JsonObject json;
    json.add("what", name_of(line.kind))
        .add("method", line.method)
        .add("count", line.count)
        .add("errors", line.errors);
    add_time(json, "total_ns", line.total);
    add_time(json, "own_ns", line.own);
    add_time(json, "median_ns", line.median);
    add_time(json, "p99_ns", line.p99);
    add_time(json, "max_ns", line.max);
    return json.text();
}

std::string Top::json(const TraceWalk &walk) const {
    JsonArray methods;
    for (const Line &line : lines()) methods.raw(line_json(line));
    return JsonObject()
        .add("messages", walk.messages())
        .add("vms", walk.vms())
        .add("duration_ns", walk.duration())
        .add("unanswered", walk.unanswered())
        .add("strange_lines", walk.strange_lines())
        .raw("methods", methods.text())
        .text();
}

} // namespace cli
