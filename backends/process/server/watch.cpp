// SPDX-License-Identifier: MIT
#include "watch.h"

#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <utility>

namespace fkvm {

int Watch::make(const Child &child) noexcept {
    child_ = child.descriptors();
    if (const int error = wake_.make()) return error;
    events_ = Fd(::epoll_create1(EPOLL_CLOEXEC)).above_standard();
    if (!events_) return errno;
    for (const int fd : {child_.in, child_.err, child_.end})
        if (!change(EPOLL_CTL_ADD, fd, EPOLLIN)) return errno;
    return 0;
}

bool Watch::change(int operation, int fd, uint32_t events) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return ::epoll_ctl(events_.get(), operation, fd, &event) == 0;
}

Watch::Ready Watch::wait(int ms, int err, bool also_writable) const noexcept {
    pollfd fds[] = {{child_.in, POLLIN, 0},
                    {child_.end, POLLIN, 0},
                    {wake_.get(), POLLIN, 0},
                    {err, POLLIN, 0},
                    {also_writable ? child_.out : -1, POLLOUT, 0}};
    Ready ready;
    const int n = ::poll(fds, 5, ms);
    if (n < 0 && errno != EINTR) ready.error = errno;
    if (n <= 0) return ready;
    ready.in = fds[0].revents != 0;
    ready.ended = fds[1].revents != 0;
    ready.woken = fds[2].revents != 0;
    ready.err = fds[3].revents != 0;
    ready.out = fds[4].revents != 0;
    return ready;
}

void Watch::writable_too(bool yes) noexcept {
    if (std::exchange(writable_too_, yes) != yes)
        change(yes ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, child_.out, EPOLLOUT);
}

void Watch::without_err() noexcept { change(EPOLL_CTL_DEL, child_.err, 0); }

} // namespace fkvm
