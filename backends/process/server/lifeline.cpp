// SPDX-License-Identifier: MIT
// A pipe can tell its reader by a signal that something came or that its last writer has gone
// (fcntl(2), O_ASYNC). The signal is SIGKILL here. The kernel checks the rights of who asked for
// it, the child itself, and needs no thread that lives, as PR_SET_PDEATHSIG does; and the group has
// the identity of this one, even if its number is used again.
#include "lifeline.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr int out_of_the_way = 100; // scripts of a shell use low numbers

} // namespace

// The end of the child's has the lower number: an ending process lets go of that one last, should
// the child have closed its own.
int Lifeline::make() noexcept {
    const PrivateFd::Making here;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    end_ = Fd(ends[0]).above_standard();
    Fd held(ends[1]);
    if (end_ && held.get() < end_.get())
        held = Fd(::fcntl(held.get(), F_DUPFD_CLOEXEC, end_.get() + 1));
    if (!end_ || !held) return EMFILE;
    PrivateFd::Making::put(held_, std::move(held));
    return 0;
}

void Lifeline::tie(int end) noexcept {
    const int flags = ::fcntl(end, F_GETFL);
    if (::fcntl(end, F_SETOWN, -::getpid()) != 0 || ::fcntl(end, F_SETSIG, SIGKILL) != 0) return;
    ::fcntl(end, F_SETFL, flags | O_ASYNC);
    if (::fcntl(end, F_DUPFD, out_of_the_way) < 0) ::fcntl(end, F_DUPFD, 3);
}

void Lifeline::cut() noexcept {
    const char any = 0;
    const ssize_t written = held_ ? ::write(held_.get(), &any, 1) : 0; // others may hold it, too
    (void)written;
    held_ = Fd();
}

} // namespace fkvm
