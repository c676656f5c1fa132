// SPDX-License-Identifier: MIT
// Sections about single messages, beside the bare limits of Lua and the system.
#include "bench.h"

#include "format.h"
#include "summary.h"

#include <algorithm>
#include <optional>

namespace cli {

namespace {

// Medians of the percentiles over repeats.
struct Percentiles {
    std::vector<double> p50, p90, p99, max;
    double out = unknown, in = unknown;

    void add(const Reading &found) {
        p50.push_back(found["p50_ns"] / 1e3);
        p90.push_back(found["p90_ns"] / 1e3);
        p99.push_back(found["p99_ns"] / 1e3);
        max.push_back(found["max_ns"] / 1e3);
    }

    void add(const std::optional<Reading> &found) {
        if (found) add(*found);
    }

    void add_with_wire(const Reading &found) {
        add(found);
        out = found["out"];
        in = found["in"];
    }

    // As what others are measured against.
    double limit() const { return p50.empty() ? unknown : median(p50); }

    // Nothing where it was not measured.
    void add_row(Section &section, const std::string &name, double of) const {
        if (!p50.empty()) section.rows.push_back(row(name, of));
    }

    // The bytes that a bare transport must carry to be compared.
    std::vector<std::string> transport(const char *name, uint64_t count) const {
        return {name, whole(out), whole(in), std::to_string(count)};
    }

    Row row(const std::string &name, double of) const {
        return {name,
                {median(p50), median(p90), median(p99), median(max), median(p50) / of, out + in},
                {}};
    }

  private:
    static std::string whole(double number) {
        return std::to_string(static_cast<uint64_t>(number));
    }
};

const std::vector<Column> columns = {
    {"p50_us", "median", Unit::Microseconds}, {"p90_us", "90 %", Unit::Microseconds},
    {"p99_us", "99 %", Unit::Microseconds},   {"max_us", "longest", Unit::Microseconds},
    {"ratio", "of the limit", Unit::Ratio},   {"wire_bytes", "on the wire", Unit::Bytes}};

constexpr uint64_t turns = 5; // a core changes its speed every other second

const char *place(bool pin) { return pin ? ", one core" : ""; }

void add_process_calls(Bench &bench, bool pin, Section &section) {
    const uint64_t count = bench.sizes().calls;
    Percentiles pipe, sockets, process;
    for (uint64_t i = 0; i < bench.sizes().repeats * turns; i++) {
        ProbeArguments probe = bench.probe("call", "process");
        probe.count = count;
        probe.pin = pin;
        process.add_with_wire(bench.measure(probe));
        pipe.add(bench.measure_raw(process.transport("pipe", count), pin));
        sockets.add(bench.measure_raw(process.transport("socketpair", count), pin));
    }
    const double limit = pipe.limit();
    pipe.add_row(section, std::string("bare pipes") + place(pin), limit);
    sockets.add_row(section, std::string("bare socketpair") + place(pin), limit);
    Row row = process.row(std::string("process") + place(pin), limit);
    if (!pipe.p50.empty()) row.target = Target{4, 1.2};
    section.rows.push_back(std::move(row));
}

void add_embedded_calls(Bench &bench, Section &section) {
    Percentiles bare, embedded;
    for (uint64_t i = 0; i < bench.sizes().repeats * turns; i++) {
        ProbeArguments probe = bench.probe("call", "embedded");
        probe.count = bench.sizes().calls * 10;
        embedded.add(bench.measure(probe));
        bare.add(bench.measure_raw({"pcall", std::to_string(probe.count)}));
    }
    const double limit = bare.limit();
    bare.add_row(section, "bare lua_pcall", limit);
    Row row = embedded.row("embedded", limit);
    if (!bare.p50.empty()) row.target = Target{4, 4.0};
    section.rows.push_back(std::move(row));
}

} // namespace

Section bench_call(Bench &bench) {
    Section section{"call", "A call of an empty Lua function with two arguments", columns, {}, {},
                    {}};
    for (const std::string &backend : bench.backends()) {
        if (backend == "embedded") {
            add_embedded_calls(bench, section);
        } else {
            add_process_calls(bench, false, section);
            add_process_calls(bench, true, section);
        }
    }
    section.note =
        "The limit: lua_pcall, or a ping-pong over pipes with as many bytes there and back" +
        std::string(bench.has_limits() ? "." : "; only a build folder has the program for it.");
    return section;
}

Section bench_latency(Bench &bench) {
    Section section{"latency", "Random bytes there and back, by size", columns, {}, {}, {}};
    for (const uint64_t size : {0, 64, 1'000, 16'000, 64'000, 256'000, 1'000'000})
        for (const std::string &backend : bench.backends()) {
            ProbeArguments probe = bench.probe("echo", backend);
            probe.sizes = {size};
            probe.count = std::clamp<uint64_t>(50'000'000 / (size + 1), bench.sizes().echoes / 20,
                                               bench.sizes().echoes);
            Percentiles found, pipe;
            found.add_with_wire(bench.measure(probe));
            const bool wire = found.out > 0;
            if (wire) pipe.add(bench.measure_raw(found.transport("pipe", probe.count)));
            const std::string name = grouped(size) + " B, ";
            section.rows.push_back(found.row(name + backend, pipe.limit()));
            pipe.add_row(section, name + "bare pipes", pipe.limit());
        }
    section.note = "On the wire bytes are base64. The limit: a ping-pong over pipes with as many "
                   "bytes there and back.";
    return section;
}

Section bench_notify(Bench &bench) {
    Section section{"notify",
                    "Notifications of 74 bytes",
                    {{"us", "each", Unit::Microseconds}, {"per_second", "rate", Unit::PerSecond}},
                    {},
                    {},
                    {}};
    const std::pair<const char *, const char *> kinds[] = {
        {"one payload to eight in turn", "same_ns"},
        {"always another payload", "different_ns"},
        {"from the server to the VM", "from_server_ns"}};
    for (const std::string &backend : bench.backends()) {
        ProbeArguments probe = bench.probe("notify", backend);
        probe.count = bench.sizes().notifies;
        std::vector<Reading> found;
        for (uint64_t i = 0; i < bench.sizes().repeats; i++) found.push_back(bench.measure(probe));
        for (const auto &[name, key] : kinds) {
            std::vector<double> each;
            for (const Reading &reading : found) each.push_back(reading[key] / 1e3);
            section.rows.push_back({backend + ", " + name, {median(each), 1e6 / median(each)}, {}});
        }
    }
    return section;
}

} // namespace cli
