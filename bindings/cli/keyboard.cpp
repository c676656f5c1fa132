// SPDX-License-Identifier: MIT
// Standard input beside a pipe that wakes its reader.
#include "keyboard.h"

#include <cerrno>
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
    while (used_ == filled_) {
        pollfd files[] = {{STDIN_FILENO, POLLIN, 0}, {pipe_[0], POLLIN, 0}};
        if (poll(files, 2, -1) < 0 && errno != EINTR) return false;
        if (files[1].revents) hear(woken);
        if (stopped_) return false;
        if (!files[0].revents) continue;
        const ssize_t got = ::read(STDIN_FILENO, buffer_, sizeof buffer_);
        if (got == 0 || (got < 0 && errno != EINTR)) return false;
        used_ = 0;
        filled_ = got < 0 ? 0 : static_cast<size_t>(got);
    }
    byte = buffer_[used_++];
    return true;
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
