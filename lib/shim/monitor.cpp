// SPDX-License-Identifier: MIT
// The status socket of this process: fk_monitor_listen, fk_monitor_close, fk_vm_label.
#include "monitor.h"

#include "base/environment.h"
#include "base/fork.h"
#include "base/per_process.h"
#include "base/utf8.h"
#include "error.h"
#include "monitor/server.h"
#include "our_vms.h"
#include "vm.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace fkvm {

std::atomic<bool> is_monitored{false};

void Monitored::set_label(std::string_view text) {
    const std::lock_guard lock(mutex_);
    label_ = text;
}

std::string Monitored::label() const {
    const std::lock_guard lock(mutex_);
    return label_;
}

namespace {

// Of this process, and not of a forked copy.
struct Monitor {
    std::mutex mutex;
    OurVms vms;
    MonitorServer server;
    bool has_asked_environment = false;
};

Monitor *of_first_process = nullptr; // what a forked copy has to close
uint64_t its_generation = 0;

void leave() {
    if (of_first_process && its_generation == process_generation())
        of_first_process->server.leave();
}

#if !defined(_WIN32)
void forget() {
    is_monitored.store(false, std::memory_order_relaxed);
    if (of_first_process) of_first_process->server.forget();
    of_first_process = nullptr;
}
#endif

Monitor &monitor_here() { return of_this_process<Monitor>(); }

// With its lock held. Returns why not, or "".
std::string open_monitor(Monitor &monitor, const std::string &path) {
    if (!monitor.server.path().empty())
        return "this process has a status socket already, '" + monitor.server.path() +
               "': close it by fk_monitor_close() first";
    if (std::string problem = monitor.server.open(path, monitor.vms); !problem.empty())
        return problem;
    static const int registered = std::atexit(leave);
    static_cast<void>(registered);
#if !defined(_WIN32)
    static const int forgets = ::pthread_atfork(nullptr, nullptr, forget);
    static_cast<void>(forgets);
#endif
    of_first_process = &monitor;
    its_generation = process_generation();
    is_monitored.store(true, std::memory_order_relaxed);
    return {};
}

} // namespace

std::string monitor_by_environment() {
    Monitor &monitor = monitor_here();
    const std::lock_guard lock(monitor.mutex);
    if (std::exchange(monitor.has_asked_environment, true)) return {};
    const char *path = environment("FK_VM_STATUS");
    if (!path || !monitor.server.path().empty()) return {};
    const std::string problem = open_monitor(monitor, path);
    return problem.empty() ? problem : problem + " ($FK_VM_STATUS)";
}

} // namespace fkvm

using namespace fkvm;

extern "C" {

fk_status fk_monitor_listen(const char *path) {
    if (!path || !*path) return fail(FK_INVALID, "fk_monitor_listen: path is NULL or empty");
    return guard([&] {
        Monitor &monitor = monitor_here();
        const std::lock_guard lock(monitor.mutex);
        const std::string problem = open_monitor(monitor, path);
        return problem.empty() ? succeed() : fail(FK_INVALID, problem);
    });
}

fk_status fk_monitor_close(void) {
    return guard([&] {
        Monitor &monitor = monitor_here();
        const std::lock_guard lock(monitor.mutex);
        is_monitored.store(false, std::memory_order_relaxed);
        monitor.server.close();
        of_first_process = nullptr;
        return succeed();
    });
}

fk_status fk_vm_label(fk_vm *vm, const char *label) {
    if (const fk_status s = check_vm(vm, "fk_vm_label")) return s;
    return guard([&] {
        constexpr size_t most = Monitored::longest_label;
        std::string_view text = label ? std::string_view(label, strnlen(label, most + 1)) : "";
        if (text.size() > most) text = without_half(text.substr(0, most));
        if (!is_utf8(text)) return fail(FK_INVALID, "fk_vm_label: the label is not valid UTF-8");
        vm->monitored.set_label(text);
        return succeed();
    });
}

} // extern "C"
