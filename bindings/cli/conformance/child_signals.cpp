// SPDX-License-Identifier: MIT
// SIGINT for a child, and what the system says of its state and its pipe.
#include "child.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <sys/ioctl.h>

namespace cli::protocol {

using namespace std::chrono_literals;

void Child::interrupt(uint32_t messages) {
    sigval value{};
    value.sival_int = static_cast<int>((messages & 0x3fffffff) << 1);
    if (reap() || sigqueue(pid_, SIGINT, value) != 0) return;
    wait_for([](const Look &look) { return !look.pending; }, 1s);
}

void Child::settle() {
    wait_for([](const Look &look) { return look.asleep && !look.pending; }, 5s);
}

void Child::wait_until_busy() {
    const uint64_t ticks = look().ticks;
    wait_for([ticks](const Look &look) { return look.ticks >= ticks + 2; }, 500ms);
}

void Child::wait_until_stuck() {
    constexpr int page = 4096; // pages of the pipe, the last of which are not filled to their ends
    constexpr int idle_looks = 25;
    const int full = fcntl(out_, F_GETPIPE_SZ) - 2 * page;
    const Deadline until = now() + 20s;
    int held = 0, before = -1, idle = 0;
    for (; held < full && idle < idle_looks && !reap() && now() < until; ::poll(nullptr, 0, 2)) {
        if (ioctl(out_, FIONREAD, &held) != 0) return;
        idle = held == before && look().asleep ? idle + 1 : 0;
        before = held;
    }
}

// Of the process: what it is doing, and how long it has.
Child::Look Child::look() const {
    const std::string folder = "/proc/" + std::to_string(pid_);
    Look look;
    std::ifstream status(folder + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("State:")) look.asleep = line.find("S (") != line.npos;
        if (line.starts_with("SigPnd:") || line.starts_with("ShdPnd:"))
            look.pending |= line.find_first_of("123456789abcdef", 7) != line.npos;
    }
    std::ifstream stat(folder + "/stat");
    std::string text;
    std::getline(stat, text);
    std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
    for (int field = 3; field < 14 && fields >> text; field++) {
    }
    fields >> look.ticks;
    return look;
}

void Child::wait_for(const std::function<bool(const Look &)> &seen,
                     std::chrono::milliseconds most) {
    const Deadline until = now() + most;
    while (!reap() && !seen(look()) && now() < until) pump(std::min(until, now() + 1ms), true);
}

} // namespace cli::protocol
