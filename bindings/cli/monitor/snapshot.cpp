// SPDX-License-Identifier: MIT
#include "monitor/snapshot.h"

#include "fk_vm.h"
#include "json.h"
#include "vm.h"

#include <stdexcept>

namespace cli {

namespace {

uint64_t number(const fk_value &object, const char *name) {
    const fk_value *value = fk_value_member(&object, name);
    return value && value->kind == FK_INT && value->integer > 0
               ? static_cast<uint64_t>(value->integer)
               : 0;
}

std::string text(const fk_value &object, const char *name) {
    const fk_value *value = fk_value_member(&object, name);
    return value && value->kind == FK_STRING ? std::string(view_of(*value)) : std::string();
}

CallTimes read_times(const fk_value &vm) {
    CallTimes times;
    const fk_value *list = fk_value_member(&vm, "call_times");
    for (uint32_t i = 0; list && list->kind == FK_ARRAY && i < list->size; i++) {
        const fk_value &pair = list->items[i];
        if (pair.kind != FK_ARRAY || pair.size != 2 || pair.items[1].kind != FK_INT) continue;
        const bool has_bound = pair.items[0].kind == FK_INT;
        times[has_bound ? static_cast<uint64_t>(pair.items[0].integer) : unbounded_time] =
            static_cast<uint64_t>(pair.items[1].integer);
    }
    return times;
}

VmSeen read_vm(const fk_value &vm) {
    VmSeen seen;
    seen.number = number(vm, "vm");
    seen.backend = text(vm, "backend");
    seen.state = text(vm, "state");
    seen.script = text(vm, "script");
    seen.label = text(vm, "label");
    seen.method = text(vm, "method");
    seen.death = text(vm, "death");
    seen.why = text(vm, "why");
    seen.pid = static_cast<int64_t>(number(vm, "pid"));
    seen.age_ns = number(vm, "age_ns");
    seen.method_ns = number(vm, "method_ns");
    seen.memory = number(vm, "memory");
    seen.memory_peak = number(vm, "memory_peak");
    seen.resident = number(vm, "resident");
    if (number(vm, "pss")) seen.pss = number(vm, "pss");
    seen.calls = number(vm, "calls");
    seen.notifies = number(vm, "notifies");
    seen.errors = number(vm, "errors");
    seen.host_calls = number(vm, "host_calls");
    seen.host_notifies = number(vm, "host_notifies");
    seen.call_times = read_times(vm);
    return seen;
}

// Nothing, where there was no call.
std::optional<uint64_t> p99_of(const CallTimes &before, const CallTimes &now) {
    CallTimes times;
    uint64_t all = 0, below = 0;
    for (const auto &[bound, count] : now) {
        const auto found = before.find(bound);
        const uint64_t past = found == before.end() ? 0 : found->second;
        all += times[bound] = count > past ? count - past : 0;
    }
    for (const auto &[bound, count] : times)
        if ((below += count) * 100 >= all * 99 && all) return bound;
    return {};
}

VmRates rates_of(const VmSeen &before, const VmSeen &now, uint64_t ns) {
    VmRates rates;
    rates.over_s = double(ns) / 1e9;
    const auto rate = [&](uint64_t VmSeen::*count) {
        return now.*count > before.*count && ns
                   ? double(now.*count - before.*count) * 1e9 / double(ns)
                   : 0;
    };
    rates.calls = rate(&VmSeen::calls);
    rates.notifies = rate(&VmSeen::notifies);
    rates.host_calls = rate(&VmSeen::host_calls);
    rates.host_notifies = rate(&VmSeen::host_notifies);
    rates.p99_ns = p99_of(before.call_times, now.call_times);
    return rates;
}

std::string json_of_vm(const VmSeen &vm, const VmRates &rates) {
    JsonObject json;
    json.add("vm", vm.number).add("backend", vm.backend).add("state", vm.state);
    json.add("pid", vm.pid).add("script", vm.script).add("label", vm.label);
    json.add("age_s", double(vm.age_ns) / 1e9);
    json.add("memory", vm.memory).add("memory_peak", vm.memory_peak);
    json.add("resident", vm.resident);
    vm.pss ? json.add("pss", *vm.pss) : json.raw("pss", "null");
    json.add("calls", vm.calls).add("notifies", vm.notifies).add("errors", vm.errors);
    json.add("host_calls", vm.host_calls).add("host_notifies", vm.host_notifies);
    json.add("over_s", rates.over_s);
    json.add("calls_per_s", rates.calls).add("notifies_per_s", rates.notifies);
    json.add("host_calls_per_s", rates.host_calls);
    json.add("host_notifies_per_s", rates.host_notifies);
    const bool has_p99 = rates.p99_ns && *rates.p99_ns != unbounded_time;
    has_p99 ? json.add("p99_us", double(*rates.p99_ns) / 1e3) : json.raw("p99_us", "null");
    json.add("method", vm.method).add("method_s", double(vm.method_ns) / 1e9);
    if (!vm.death.empty()) json.add("death", vm.death).add("why", vm.why);
    return json.text();
}

std::string json_of_server(const ServerSeen &server) {
    JsonObject json, deaths;
    JsonArray vms;
    json.add("socket", server.socket);
    if (!server.problem.empty()) return json.add("problem", server.problem).text();
    json.add("program", server.program).add("version", server.version).add("pid", server.pid);
    for (const auto &[cause, count] : server.deaths) deaths.add(cause, count);
    for (const auto &[vm, rates] : server.vms) vms.raw(json_of_vm(vm, rates));
    return json.raw("deaths", deaths.text()).raw("vms", vms.text()).text();
}

} // namespace

ServerSeen read_list(const std::string &answer) {
    fk_value *read = nullptr;
    if (fk_value_from_json(answer.data(), answer.size(), &read) != FK_OK)
        throw std::runtime_error(std::string("its answer is no JSON: ") + fk_error_last()->message);
    const Value value(read);
    if (const std::string error = text(*value, "error"); !error.empty())
        throw std::runtime_error(error);
    const fk_value *vms = fk_value_member(value.get(), "vms");
    if (!vms || vms->kind != FK_ARRAY)
        throw std::runtime_error("its answer lists no VMs: is it a status socket?");
    ServerSeen server;
    server.program = text(*value, "program");
    server.version = text(*value, "version");
    server.pid = static_cast<int64_t>(number(*value, "pid"));
    server.now_ns = number(*value, "now_ns");
    const fk_value *deaths = fk_value_member(value.get(), "deaths");
    for (uint32_t i = 0; deaths && deaths->kind == FK_OBJECT && i < deaths->size; i++)
        server.deaths.emplace_back(view_of(deaths->members[i].name),
                                   static_cast<uint64_t>(deaths->members[i].value.integer));
    for (uint32_t i = 0; i < vms->size; i++)
        server.vms.emplace_back(read_vm(vms->items[i]), VmRates{});
    return server;
}

void compare(const ServerSeen &before, ServerSeen &now) {
    static const VmSeen nothing;
    std::map<uint64_t, const VmSeen *> known;
    if (before.pid == now.pid)
        for (const auto &[vm, rates] : before.vms) known[vm.number] = &vm;
    for (auto &[vm, rates] : now.vms) {
        const auto found = known.find(vm.number);
        rates = found == known.end() ? rates_of(nothing, vm, vm.age_ns)
                                     : rates_of(*found->second, vm, now.now_ns - before.now_ns);
    }
}

std::string json_of(const std::vector<ServerSeen> &servers) {
    JsonArray array;
    for (const ServerSeen &server : servers) array.raw(json_of_server(server));
    return JsonObject().raw("servers", array.text()).text();
}

} // namespace cli
