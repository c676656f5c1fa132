// SPDX-License-Identifier: MIT
// Standard input beside a pipe that wakes its reader.
#include "keyboard.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace cli {

Keyboard::Keyboard() {
    if (pipe(pipe_) != 0)
        throw std::runtime_error("no pipe is to be had for reading standard input");
    for (const int end : pipe_) {
        fcntl(end, F_SETFD, FD_CLOEXEC);
        fcntl(end, F_SETFL, O_NONBLOCK);
    }
}

Keyboard::~Keyboard() {
    for (const int end : pipe_) close(end);
}

bool Keyboard::read(char &byte, const std::function<void()> &woken) {
    while (used_ == filled_)
        if (wait(-1, woken) == Ended) return false;
    byte = buffer_[used_++];
    return true;
}

Keyboard::Heard Keyboard::read_within(int64_t ms, char &byte) {
    if (used_ == filled_)
        if (wait(static_cast<int>(std::clamp<int64_t>(ms, 0, INT_MAX)), {}) == Ended) return Ended;
    if (used_ == filled_) return Nothing;
    byte = buffer_[used_++];
    return Byte;
}

// Byte: the buffer has some.
Keyboard::Heard Keyboard::wait(int ms, const std::function<void()> &woken) {
    pollfd files[] = {{STDIN_FILENO, POLLIN, 0}, {pipe_[0], POLLIN, 0}};
    if (poll(files, 2, ms) < 0) return errno == EINTR ? Nothing : Ended;
    if (files[1].revents) hear(woken);
    if (stopped_) return Ended;
    if (!files[0].revents) return Nothing;
    const ssize_t got = ::read(STDIN_FILENO, buffer_, sizeof buffer_);
    if (got < 0 && errno == EINTR) return Nothing;
    if (got <= 0) return Ended;
    used_ = 0;
    filled_ = static_cast<size_t>(got);
    return Byte;
}

void Keyboard::hear(const std::function<void()> &woken) {
    char words[64];
    while (::read(pipe_[0], words, sizeof words) > 0) {
    }
    if (woken && !stopped_) woken();
}

void Keyboard::stop() {
    stopped_ = true;
    wake();
}

// A full pipe wakes, too.
void Keyboard::wake() { [[maybe_unused]] const ssize_t written = write(pipe_[1], "w", 1); }

} // namespace cli
