// SPDX-License-Identifier: MIT
#include "protocol.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/system.h"
#include "base/utf8.h"
#include "proportional.h"
#include "wire/json.h"

#include <algorithm>
#include <new>
#include <optional>

namespace fkvm {
namespace {

constexpr uint64_t pss_interval_ns = 1'000'000'000;

// Members of an object, one after the other.
class JsonText {
  public:
    explicit JsonText(Buffer &out) : out_(out) { put("{"); }

    JsonText &add(const char *name, uint64_t number) {
        return member(name), put(std::to_string(number)), *this;
    }
    JsonText &add(const char *name, std::string_view text) {
        member(name);
        if (!write_json_string(out_, is_plain_text(text) ? text : plain_text(text)))
            throw std::bad_alloc();
        return *this;
    }
    JsonText &member(const char *name) {
        put(is_first_ ? "\"" : ",\"");
        is_first_ = false;
        return put(name), put("\":"), *this;
    }
    void put(std::string_view text) {
        if (!out_.append(text)) throw std::bad_alloc();
    }
    void end() { put("}"); }

  private:
    Buffer &out_;
    bool is_first_ = true;
};

void write_times(JsonText &json, const MonitoredVm &vm) {
    json.member("call_times").put("[");
    bool is_first = true;
    for (const auto &[bound, count] : vm.call_times) {
        if (!count) continue;
        json.put(is_first ? "[" : ",[");
        json.put((bound ? std::to_string(bound) : "null") + "," + std::to_string(count) + "]");
        is_first = false;
    }
    json.put("]");
}

void write_vm(Buffer &out, const MonitoredVm &vm, std::optional<uint64_t> pss) {
    JsonText json(out);
    json.add("vm", vm.number).add("backend", vm.backend).add("state", vm.state);
    json.add("pid", static_cast<uint64_t>(vm.pid)).add("script", vm.script);
    json.add("label", vm.label).add("age_ns", vm.age_ns);
    json.add("memory", vm.memory).add("memory_peak", vm.memory_peak);
    json.add("resident", vm.resident);
    if (pss) json.add("pss", *pss);
    json.add("calls", vm.calls).add("notifies", vm.notifies).add("errors", vm.errors);
    json.add("host_calls", vm.host_calls).add("host_notifies", vm.host_notifies);
    json.add("method", vm.method).add("method_ns", vm.method_ns);
    write_times(json, vm);
    if (!vm.death.empty()) json.add("death", vm.death).add("why", vm.why);
    json.end();
}

std::string_view text_of(const fk_value *value) {
    return value && value->kind == FK_STRING ? std::string_view(value->string, value->size) : "";
}

const fk_value *member_of(const fk_value &object, std::string_view name) {
    if (object.kind != FK_OBJECT) return nullptr;
    for (uint32_t i = 0; i < object.size; i++)
        if (text_of(&object.members[i].name) == name) return &object.members[i].value;
    return nullptr;
}

std::string told(const Outcome &outcome) {
    if (!outcome.is_done) return MonitorProtocol::refusal(outcome.text);
    Buffer out;
    JsonText json(out);
    json.member("done").put("true");
    json.add("note", outcome.text).end();
    return std::string(out.view());
}

} // namespace

std::string MonitorProtocol::refusal(std::string_view sentence) {
    Buffer out;
    JsonText json(out);
    json.add("error", sentence).end();
    return std::string(out.view());
}

std::string MonitorProtocol::answer(std::string_view line) {
    BriefArena arena;
    fk_value request{};
    JsonError problem;
    if (!read_json(line, *arena, JsonLimits{}, &request, &problem))
        return refusal("the request is no JSON: at byte " + std::to_string(problem.offset) + ": " +
                       (problem.what ? problem.what : "out of memory"));
    const fk_value *ask = member_of(request, "ask"), *vm = member_of(request, "vm");
    const fk_value *pss = member_of(request, "pss");
    const std::string_view what = text_of(ask);
    if (what == "list") return list(pss && pss->kind == FK_BOOL && pss->integer);
    if (what != "interrupt" && what != "close")
        return refusal("\"ask\" is none of list, interrupt, close");
    if (!vm || vm->kind != FK_INT || vm->integer <= 0)
        return refusal("\"vm\" is to be the number of a VM, as list gives it");
    const auto number = static_cast<uint64_t>(vm->integer);
    return told(what == "close" ? source_.close(number) : source_.interrupt(number));
}

std::string MonitorProtocol::list(bool with_pss) {
    const MonitorReport report = source_.look();
    Buffer out;
    JsonText json(out);
    json.add("program", report.program).add("version", report.version);
    json.add("pid", static_cast<uint64_t>(process_id())).add("now_ns", now_ns());
    json.member("deaths").put("{");
    for (bool is_first = true; const auto &[cause, count] : report.deaths) {
        json.put((is_first ? "\"" : ",\"") + cause + "\":" + std::to_string(count));
        is_first = false;
    }
    json.put("}");
    json.member("vms").put("[");
    for (bool is_first = true; const MonitoredVm &vm : report.vms) {
        if (!is_first) json.put(",");
        is_first = false;
        const bool has_pss = with_pss && vm.pid && vm.state != "dead";
        write_vm(out, vm, has_pss ? std::optional(memory_.of(vm)) : std::nullopt);
    }
    json.put("]");
    json.end();
    memory_.forget_others(report);
    return std::string(out.view());
}

uint64_t MonitorProtocol::ProportionalMemory::of(const MonitoredVm &vm) {
    const uint64_t now = now_ns();
    Seen &seen = seen_[vm.number];
    if (seen.pid != vm.pid || now - seen.at >= pss_interval_ns)
        seen = {vm.pid, proportional_bytes(vm.pid), now};
    return seen.bytes;
}

void MonitorProtocol::ProportionalMemory::forget_others(const MonitorReport &report) {
    if (seen_.size() <= report.vms.size()) return;
    std::erase_if(seen_, [&](const auto &entry) {
        return std::none_of(report.vms.begin(), report.vms.end(),
                            [&](const MonitoredVm &vm) { return vm.number == entry.first; });
    });
}

} // namespace fkvm
