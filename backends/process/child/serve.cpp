// SPDX-License-Identifier: MIT
#include "serve.h"

#include "process/exit_codes.h"
#include "settings.h"
#include "vm.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace fkvm {
namespace {

int cannot(const char *name, const char *what) {
    std::fprintf(stderr, "%s: cannot %s: %s\n", name, what, std::strerror(errno));
    return 1;
}

// A service manager sends these to all processes of a server. What they mean is the server's to
// decide, and it may still have to save. Not SIG_IGN: programs that a trusted script starts would
// inherit it.
void leave_to_server() noexcept {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
}

} // namespace

int serve_template(const char *name, int idle_ms, const char *script) noexcept try {
    leave_to_server();
    ChildSettings settings(script);
    Sandbox sandbox(settings.level);
    Template here(idle_ms);
    if (!here.prepare()) return cannot(name, "prepare to be a template");
    sandbox.enter(settings.options);
    sandbox.prepare_copies();
    fk_vm vm(name, {-1, -1}, &here, settings.options, sandbox);
    if (settings.each) vm.merge_repeats();
    return vm.run();
} catch (...) {
    return out_of_memory_exit;
}

int serve_child(const char *name, const char *script) noexcept try {
    leave_to_server();
    ChildSettings settings(script);
    Sandbox sandbox(settings.level);
    ProtocolStreams streams;
    if (!take_streams(&streams)) return cannot(name, "set up its streams");
    sandbox.enter(settings.options);
    sandbox.forbid_processes();
    fk_vm vm(name, streams, nullptr, settings.options, sandbox);
    // What a trusted script calls may wait in the system: no signal is to interrupt that.
    const bool trusted = settings.level == FK_SANDBOX_TRUSTED;
    if (trusted && !vm.tick_by_thread(streams.in)) return cannot(name, "start a thread");
    if (settings.each) vm.merge_repeats();
    return vm.run();
} catch (...) {
    return out_of_memory_exit;
}

} // namespace fkvm
