// SPDX-License-Identifier: MIT
// What the tests of fk/asio.hpp share.
#pragma once

#include "support.hpp"

#include <fk/asio.hpp>

#include <csignal>

namespace asio = fk::detail::asio;

constexpr std::chrono::seconds longest{60}; // only a hang reaches it

// Runs the loop, one handler after the other.
template <class F>
void run_until(asio::io_context &context, F done) {
    const auto end = std::chrono::steady_clock::now() + longest;
    while (!done()) {
        if (std::chrono::steady_clock::now() > end) fail_msg("the loop hangs");
        if (context.stopped()) context.restart();
        if (!context.run_one_for(longest) && !done()) fail_msg("nothing is left for the loop");
    }
}

// What is left for the loop, until it has nothing more to wait for.
inline void run_out(asio::io_context &context) {
    context.restart();
    context.run_for(longest);
    if (!context.stopped()) fail_msg("the loop does not end");
}

inline bool is_child(const fk::AsioVm &vm) { return vm.stats().pid != 0; }
inline void kill_child(const fk::AsioVm &vm) {
    ::kill(static_cast<pid_t>(vm.stats().pid), SIGKILL);
}
