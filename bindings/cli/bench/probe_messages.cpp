// SPDX-License-Identifier: MIT
// Probes of single messages: calls, echoes, notifications. Their script is share/bench.lua.
#include "probes.h"

#include "share.h"
#include "stage.h"
#include "summary.h"

#include <algorithm>
#include <stdexcept>

namespace cli {

namespace {

// A VM with the script of this file, and a host method that only counts.
class Talk {
  public:
    explicit Talk(const ProbeArguments &arguments) : messages_(Loudness::Quiet) {
        VmArguments vm = arguments.vm;
        vm.script = share_file("bench.lua");
        vm.preload.clear();
        if (vm.script.empty())
            throw std::runtime_error("bench.lua, a file that comes with fkvm, is missing");
        const fk_method methods[] = {{"sink", sink, this, 0, {}}, {}};
        if (vm_.open(vm, methods, messages_) != FK_OK) throw_last("the VM did not open");
    }

    void call(const char *method, const fk_value &params) {
        Value result;
        if (vm_.call(method, params, &result) != FK_OK) throw_last(method);
    }

    Vm &vm() { return vm_; }
    uint64_t received() const { return received_; }

  private:
    static fk_status sink(void *self, fk_request *, const fk_value *) noexcept {
        static_cast<Talk *>(self)->received_++;
        return FK_OK;
    }

    Messages messages_;
    uint64_t received_ = 0;
    Vm vm_;
};

void add_percentiles(JsonObject &object, std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    object.add("count", samples.size())
        .add("p50_ns", percentile(samples, 0.5))
        .add("p90_ns", percentile(samples, 0.9))
        .add("p99_ns", percentile(samples, 0.99))
        .add("max_ns", samples.back());
}

// Nanoseconds of a call, each sample the mean of a batch; the wire's bytes of one call and answer.
JsonObject measure_calls(Talk &talk, const char *method, const fk_value &params, uint64_t count,
                         uint64_t batch) {
    for (uint64_t i = 0; i < count / 10 + 1; i++) talk.call(method, params);
    const fk_stats before = talk.vm().stats();
    std::vector<double> samples;
    for (uint64_t done = 0; done < count; done += batch) {
        const int64_t start = monotonic_ns();
        for (uint64_t i = 0; i < batch; i++) talk.call(method, params);
        samples.push_back(double(monotonic_ns() - start) / double(batch));
    }
    const fk_stats after = talk.vm().stats();
    const uint64_t calls = after.calls - before.calls;
    JsonObject object;
    object.add("out", (after.bytes_out - before.bytes_out) / calls)
        .add("in", (after.bytes_in - before.bytes_in) / calls);
    add_percentiles(object, std::move(samples));
    return object;
}

std::string payload_of(uint64_t size) {
    std::string payload(size, 0);
    uint32_t random = 1;
    for (char &byte : payload) byte = char((random = random * 1664525u + 1013904223u) >> 24);
    return payload;
}

} // namespace

// A call of an empty function with two arguments, as fkvm-raw pcall does it.
std::string probe_call(const ProbeArguments &arguments) {
    if (arguments.pin) pin_to_one_core();
    Talk talk(arguments);
    const uint64_t batch = talk.vm().stats().pid ? 1 : 100;
    const fk_value params[] = {FK_INT(7), FK_STR("delay_done")};
    const fk_value list = FK_ARRAY(params);
    return measure_calls(talk, "empty", list, arguments.count, batch).text();
}

// The same bytes there and back; random ones, as payloads are no text.
std::string probe_echo(const ProbeArguments &arguments) {
    if (arguments.pin) pin_to_one_core();
    Talk talk(arguments);
    const std::string payload = payload_of(arguments.sizes.at(0));
    const fk_value params[] = {FK_BYTES(payload.data(), payload.size())};
    const fk_value list = FK_ARRAY(params);
    return measure_calls(talk, "echo", list, arguments.count, 1).text();
}

// Notifications of 74 bytes: to eight players in turn with one payload (how most of a game's are),
// all different, and from the server to the VM.
std::string probe_notify(const ProbeArguments &arguments) {
    Talk talk(arguments);
    const auto count = static_cast<int64_t>(arguments.count);
    const auto measure = [&](auto work) {
        work();
        const int64_t start = monotonic_ns();
        work();
        return double(monotonic_ns() - start) / double(count);
    };
    const auto tell = [&](const char *method) {
        return measure([&] {
            const fk_value params[] = {FK_INT(count)};
            talk.call(method, FK_ARRAY(params));
        });
    };
    const double same = tell("tell_all"), different = tell("tell_each");
    const double from_server = measure([&] {
        const fk_value params[] = {FK_INT(7), FK_STR("delay_done")};
        const fk_value list = FK_ARRAY(params);
        for (int64_t i = 0; i < count; i++)
            if (fk_vm_notify(talk.vm().handle(), "empty", &list) != FK_OK)
                throw_last("fk_vm_notify");
        talk.call("empty", list);
    });
    if (talk.received() != uint64_t(count) * 4) throw std::runtime_error("notifications were lost");
    return JsonObject()
        .add("same_ns", same)
        .add("different_ns", different)
        .add("from_server_ns", from_server)
        .text();
}

} // namespace cli
