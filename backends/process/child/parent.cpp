// SPDX-License-Identifier: MIT
#include "parent.h"

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

namespace fkvm {
namespace {

pid_t parent = 0;

} // namespace

// The signal comes when the thread that started this process ends, too: another one of its process
// is the parent then, and the signal comes again when that one ends (prctl(2), PR_SET_PDEATHSIG).
bool end_with_parent() noexcept {
    if (!parent) {
        parent = ::getppid();
        struct sigaction action {};
        action.sa_handler = [](int) {
            if (::getppid() != parent) ::_exit(0);
        };
        action.sa_flags = SA_RESTART;
        ::sigaction(SIGIO, &action, nullptr);
    }
    return ::prctl(PR_SET_PDEATHSIG, SIGIO) == 0 && ::getppid() == parent;
}

} // namespace fkvm
