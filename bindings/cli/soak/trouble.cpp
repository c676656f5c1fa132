// SPDX-License-Identifier: MIT
// Calls that come to a bad end.
#include "trouble.h"

#include "share.h"

#include <csignal>

namespace cli {

namespace {

// Enough has been heard: the call ends.
fk_status told(void *count, fk_request *request, const fk_value *) {
    const int enough = 100;
    if (++*static_cast<int *>(count) == enough) fk_vm_interrupt(fk_request_vm(request));
    return FK_OK;
}

// Kills the child that waits for the answer.
fk_status gone(void *, fk_request *request, const fk_value *) {
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(fk_request_vm(request), &stats);
    if (stats.pid) kill(static_cast<pid_t>(stats.pid), SIGKILL);
    return FK_OK;
}

VmArguments limited(const std::string &backend, const Trouble &trouble) {
    VmArguments arguments;
    arguments.backend = backend;
    arguments.script = share_file("soak.lua");
    if (trouble.status == FK_TIMEOUT) arguments.timeout = 0.05;
    arguments.memory_limit = 32;
    return arguments;
}

} // namespace

const std::vector<Trouble> &troubles() {
    static const std::vector<Trouble> all = {{"time limits", "spin", FK_TIMEOUT},
                                             {"memory limits", "eat", FK_MEMORY_LIMIT},
                                             {"interrupts", "tell", FK_INTERRUPTED},
                                             {"script errors", "fail", FK_SCRIPT_ERROR},
                                             {"deaths in a call", "ask", FK_VM_DIED, true}};
    return all;
}

std::string provoke(const Trouble &trouble, const std::string &backend) {
    int count = 0;
    const fk_method methods[] = {{"told", told, &count, 0, {}}, {"gone", gone, nullptr, 0, {}}, {}};
    Messages messages(Loudness::Quiet);
    Vm vm;
    if (vm.open(limited(backend, trouble), methods, messages) != FK_OK)
        return std::string(trouble.name) + ": the VM did not open: " + last_failure();
    const fk_status status = vm.call(trouble.method, FK_NIL);
    if (status != trouble.status)
        return std::string(trouble.name) + ": " +
               (status == FK_OK ? "the call returned" : last_failure());
    if (fk_error_last()->vm_alive && vm.call("fine", FK_NIL) != FK_OK)
        return std::string(trouble.name) + ", the next call: " + last_failure();
    return {};
}

} // namespace cli
