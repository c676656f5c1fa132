// SPDX-License-Identifier: MIT
// The statistics of a VM and the latest error.
#include "stats.h"

#include "format.h"
#include "json.h"
#include "table.h"
#include "term.h"

namespace cli {

namespace {

fk_stats stats_of(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    return stats;
}

const char *name_of_sandbox(uint32_t level) {
    switch (level) {
    case FK_SANDBOX_TRUSTED:
        return "trusted";
    case FK_SANDBOX_STRICT:
        return "strict";
    default:
        return "game";
    }
}

const char *or_empty(const char *text) { return text ? text : ""; }

std::string where(const fk_stats &stats) {
    std::string text = or_empty(stats.backend);
    if (*or_empty(stats.runtime)) text += std::string(", ") + stats.runtime;
    if (stats.pid) text += ", process " + std::to_string(stats.pid);
    if (stats.from_template) text += ", from a template";
    return text;
}

} // namespace

void print_stats(fk_vm *vm, FILE *file) {
    const fk_stats s = stats_of(vm);
    Table table("ll");
    table.row({"backend", where(s)});
    table.row({"state",
               s.alive ? styled(file, Style::Green, "alive") : styled(file, Style::Red, "dead")});
    table.row(
        {"sandbox", std::string(name_of_sandbox(s.sandbox)) + ": " + or_empty(s.sandbox_reached)});
    table.row({"memory", bytes(s.memory) + ", at most " + bytes(s.memory_peak) +
                             (s.rss ? "; " + bytes(s.rss) + " resident" : "")});
    table.row({"calls", grouped(s.calls) + ", " + grouped(s.errors) + " failed"});
    table.row({"host methods", grouped(s.requests) + " awaited, " + grouped(s.notifications) +
                                   " notified, " + grouped(s.failed_notifications) +
                                   " of them failed"});
    table.row({"wire", bytes(s.bytes_in) + " in, " + bytes(s.bytes_out) + " out, " +
                           plural(s.messages_dropped, "message", "messages") + " dropped"});
    table.row({"output cut", bytes(s.output_cut)});
    table.row({"time", seconds(double(s.vm_ns) / 1e9) + " in the VM, " +
                           seconds(double(s.host_ns) / 1e9) + " in host methods"});
    table.print(file);
}

std::string json_of_stats(fk_vm *vm) {
    const fk_stats s = stats_of(vm);
    return JsonObject()
        .add("backend", or_empty(s.backend))
        .add("runtime", or_empty(s.runtime))
        .add("pid", s.pid)
        .add("alive", s.alive)
        .add("from_template", s.from_template)
        .add("sandbox", name_of_sandbox(s.sandbox))
        .add("sandbox_reached", or_empty(s.sandbox_reached))
        .add("memory", s.memory)
        .add("memory_peak", s.memory_peak)
        .add("rss", s.rss)
        .add("calls", s.calls)
        .add("errors", s.errors)
        .add("requests", s.requests)
        .add("notifications", s.notifications)
        .add("failed_notifications", s.failed_notifications)
        .add("messages_dropped", s.messages_dropped)
        .add("bytes_in", s.bytes_in)
        .add("bytes_out", s.bytes_out)
        .add("output_cut", s.output_cut)
        .add("vm_ns", s.vm_ns)
        .add("host_ns", s.host_ns)
        .text();
}

std::string json_of_last_error() {
    const fk_error now =
        *fk_error_last(); // the texts too must be copied before the next function replaces them
    const std::string message = now.message, traceback = or_empty(now.traceback);
    JsonObject json;
    json.add("status", fk_status_name(now.status)).add("message", message);
    if (!traceback.empty()) json.add("traceback", traceback);
    if (now.code) json.add("code", now.code);
    if (now.death) json.add("death", fk_death_name(now.death));
    if (now.exit_status) json.add("exit_status", now.exit_status);
    return json.add("vm_alive", now.vm_alive).text();
}

} // namespace cli
