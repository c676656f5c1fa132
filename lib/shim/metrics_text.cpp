// SPDX-License-Identifier: MIT
// fk_metrics: the text. OpenMetrics and the format before it differ in the name of a counter's
// family, and in the last line.
#include "base/utf8.h"
#include "error.h"
#include "metrics_sums.h"
#include "vm.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace fkvm {
namespace {

constexpr size_t most_vms = 1000; // with figures of their own

const char *const limit_names[] = {"open_timeout", "call_timeout", "host_timeout", "memory_limit"};

std::string quoted(std::string_view value) {
    std::string text = "\"";
    for (const char c : is_utf8(value) ? value : "other") {
        if (c == '\n') {
            text += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + '"';
}

std::string label(const char *name, std::string_view value) { return name + ("=" + quoted(value)); }

// Families of metrics, one after the other.
class Text {
  public:
    explicit Text(bool plain) : plain_(plain) {}

    void family(const char *name, const char *type, const char *help) {
        name_ = name;
        is_counter_ = !std::strcmp(type, "counter");
        const std::string shown = name_ + (is_counter_ && plain_ ? "_total" : "");
        text_ += "# HELP " + shown + " " + help + "\n# TYPE " + shown + " " + type + "\n";
    }
    void sample(const std::string &labels, uint64_t value) {
        line(is_counter_ ? "_total" : "", labels, std::to_string(value));
    }
    void seconds(const std::string &labels, uint64_t ns) {
        line(is_counter_ ? "_total" : "", labels, number(static_cast<double>(ns) / 1e9));
    }
    void histogram(const std::string &labels, const Times &times) {
        uint64_t count = 0;
        for (size_t i = 0; i < Buckets::count; i++) {
            count += times.counts[i];
            const bool is_last = i == Buckets::count - 1;
            line("_bucket",
                 labels + "," + label("le", is_last ? "+Inf" : number(Buckets::bound(i))),
                 std::to_string(count));
        }
        line("_sum", labels, number(static_cast<double>(times.total_ns) / 1e9));
        line("_count", labels, std::to_string(count));
    }
    std::string end() {
        if (!plain_) text_ += "# EOF\n";
        return std::move(text_);
    }

  private:
    static std::string number(double value) {
        char text[40];
        std::snprintf(text, sizeof text, "%.12g", value);
        return text;
    }
    void line(const char *suffix, const std::string &labels, const std::string &value) {
        text_ += name_ + suffix;
        if (!labels.empty()) text_ += "{" + labels + "}";
        text_ += " " + value + "\n";
    }

    const bool plain_;
    bool is_counter_ = false;
    std::string name_, text_;
};

struct SeenVm {
    std::string labels;
    uint64_t memory, memory_peak, rss;
};

// All that is told, at one moment.
struct Seen {
    std::map<std::string, BackendSums, std::less<>> backends;
    HostTimes host_times;
    std::vector<SeenVm> vms;

    Seen() {
        Sums &sums = sums_here();
        const std::lock_guard lock(sums.mutex); // no VM is closed meanwhile
        backends = sums.backends;
        host_times = sums.host_times;
        for (const OpenVm &open : sums.vms) add(open);
    }

  private:
    void add(const OpenVm &open) {
        fk_stats stats{};
        fill_stats(open.vm, &stats);
        BackendSums &sums = backends[stats.backend];
        sums.add(stats);
        const bool works = Ending::is_working(open.vm->ending.now());
        (!stats.alive ? sums.dead : works ? sums.working : sums.idle)++;
        add_host_times(host_times, open.vm->methods);
        if (vms.size() == most_vms) return;
        vms.push_back({label("vm", std::to_string(open.number)) + "," +
                           label("backend", stats.backend) + "," +
                           label("pid", std::to_string(stats.pid)),
                       stats.memory, stats.memory_peak, stats.rss});
    }
};

struct SumOfBackend {
    const char *name, *help;
    uint64_t BackendSums::*value;
    bool is_time = false;
};

constexpr SumOfBackend sums_of_backends[] = {
    {"fkvm_calls", "Calls and notifications of the server that reached a VM.", &BackendSums::calls},
    {"fkvm_call_errors", "Of them, those that failed.", &BackendSums::errors},
    {"fkvm_host_requests", "Host methods called by scripts with an answer awaited.",
     &BackendSums::requests},
    {"fkvm_host_notifications", "Host methods called by scripts without.",
     &BackendSums::notifications},
    {"fkvm_host_notification_failures", "Of the notified host methods, those that failed.",
     &BackendSums::failed_notifications},
    {"fkvm_vm_seconds", "Time spent in VMs.", &BackendSums::vm_ns, true},
    {"fkvm_host_seconds", "Time spent in host methods.", &BackendSums::host_ns, true},
    {"fkvm_received_bytes", "Bytes from children.", &BackendSums::bytes_in},
    {"fkvm_sent_bytes", "Bytes to children.", &BackendSums::bytes_out},
    {"fkvm_output_cut_bytes", "Bytes of output beyond max_output.", &BackendSums::output_cut},
};

void write_vms(Text &text, const Seen &seen) {
    text.family("fkvm_vms", "gauge", "Open VMs.");
    for (const auto &[name, sums] : seen.backends) {
        const std::string backend = label("backend", name) + ",";
        text.sample(backend + label("state", "idle"), sums.idle);
        text.sample(backend + label("state", "working"), sums.working);
        text.sample(backend + label("state", "dead"), sums.dead);
    }
    text.family("fkvm_opens", "counter", "VMs opened: fresh, copied from a template, or failed.");
    for (const auto &[name, sums] : seen.backends) {
        const std::string backend = label("backend", name) + ",";
        text.sample(backend + label("kind", "fresh"), sums.fresh);
        text.sample(backend + label("kind", "template"), sums.from_template);
        text.sample(backend + label("kind", "failed"), sums.failed);
    }
}

void write_sums(Text &text, const Seen &seen) {
    for (const SumOfBackend &sum : sums_of_backends) {
        text.family(sum.name, "counter", sum.help);
        for (const auto &[name, sums] : seen.backends) {
            const uint64_t value = sums.*sum.value;
            sum.is_time ? text.seconds(label("backend", name), value)
                        : text.sample(label("backend", name), value);
        }
    }
}

void write_ends(Text &text) {
    text.family("fkvm_limits", "counter", "Limits that ended work in a VM.");
    for (size_t i = 0; i < std::size(limit_names); i++)
        text.sample(label("limit", limit_names[i]), limits_met[i].load(std::memory_order_relaxed));
    text.family("fkvm_interrupts", "counter", "Work in a VM that fk_vm_interrupt() ended.");
    text.sample("", interrupts_met.load(std::memory_order_relaxed));
    text.family("fkvm_deaths", "counter", "VMs that died, by cause.");
    for (int cause = FK_DEATH_EXIT; cause <= FK_DEATH_OPERATOR; cause++)
        text.sample(label("cause", fk_death_name(static_cast<fk_death>(cause))),
                    deaths_met[cause].load(std::memory_order_relaxed));
}

void write_times(Text &text, const Seen &seen) {
    text.family("fkvm_call_duration_seconds", "histogram",
                "Calls of the server, from call to answer, by method.");
    call_times.each([&](const std::string &method, const Times &times) {
        text.histogram(label("method", method), times);
    });
    text.family("fkvm_host_method_duration_seconds", "histogram",
                "Host methods, without the calls back into the VM, by method.");
    for (const auto &[method, times] : seen.host_times)
        text.histogram(label("method", method), times);
}

void write_memory(Text &text, const Seen &seen) {
    text.family("fkvm_vm_memory_bytes", "gauge", "Memory of a VM's Lua.");
    for (const SeenVm &vm : seen.vms) text.sample(vm.labels, vm.memory);
    text.family("fkvm_vm_memory_peak_bytes", "gauge", "The most it was.");
    for (const SeenVm &vm : seen.vms) text.sample(vm.labels, vm.memory_peak);
    text.family("fkvm_vm_resident_bytes", "gauge", "Resident memory of a VM's child.");
    for (const SeenVm &vm : seen.vms)
        if (vm.rss) text.sample(vm.labels, vm.rss);
}

} // namespace

std::string metrics_text(bool plain) {
    const Seen seen;
    Text text(plain);
    text.family("fkvm_build_info", "gauge", "The version of libfkvm.");
    text.sample(label("version", fk_version()), 1);
    write_vms(text, seen);
    write_sums(text, seen);
    write_ends(text);
    write_times(text, seen);
    write_memory(text, seen);
    return text.end();
}

} // namespace fkvm

using namespace fkvm;

extern "C" fk_status fk_metrics(uint32_t flags, char **text, size_t *size) {
    if (text) *text = nullptr;
    if (size) *size = 0;
    if (!text) return fail(FK_INVALID, "fk_metrics: text is NULL");
    if (flags & ~uint32_t{FK_METRICS_PLAIN})
        return failf(FK_INVALID, "fk_metrics: flags has bits that this version does not know: %u",
                     flags);
    return guard([&] {
        const std::string written = metrics_text(flags & FK_METRICS_PLAIN);
        auto *copy = static_cast<char *>(std::malloc(written.size() + 1));
        if (!copy) throw std::bad_alloc();
        std::memcpy(copy, written.c_str(), written.size() + 1);
        *text = copy;
        if (size) *size = written.size();
        return succeed();
    });
}
