// SPDX-License-Identifier: MIT
// share_core() by the scheduler's masks of Linux.
#include "core.h"

#ifdef __linux__

#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <sched.h>

namespace fk::room {

namespace {

std::mutex mutex;
int places[CPU_SETSIZE]; // of the threads of this process that are bound

// A core, counted while this lives: the one where the thread is, unless others hold fewer.
class Place {
  public:
    Place(const cpu_set_t &allowed, int here) : core(here) {
        const std::lock_guard lock(mutex);
        for (int other = 0; other < CPU_SETSIZE; other++)
            if (CPU_ISSET(other, &allowed) && places[other] < places[core]) core = other;
        places[core]++;
    }
    ~Place() {
        const std::lock_guard lock(mutex);
        places[core]--;
    }
    Place(const Place &) = delete;
    Place &operator=(const Place &) = delete;

    int core;
};

struct Pinned {
    cpu_set_t before, now;
    std::unique_ptr<Place> place;
};
thread_local std::optional<Pinned> pinned;

bool let_run(int64_t pid, const cpu_set_t &cores) {
    return sched_setaffinity(static_cast<pid_t>(pid), sizeof cores, &cores) == 0;
}

} // namespace

std::string share_core(int64_t pid) {
    if (pid == 0) return "";
    Pinned cores{};
    const auto problem = [&](const char *what) {
        return std::string("the thread and its child ") + std::to_string(pid) +
               " do not share a core: " + what + ": " + strerror(errno);
    };
    const int core = sched_getcpu();
    if (core < 0 || sched_getaffinity(0, sizeof cores.before, &cores.before) != 0)
        return problem("the thread's cores are not known");
    cores.place = std::make_unique<Place>(cores.before, core);
    CPU_SET(cores.place->core, &cores.now);
    if (!let_run(0, cores.now)) return problem("the thread cannot be bound to its core");
    if (!let_run(pid, cores.now)) {
        const std::string text = problem("the child cannot be bound to the thread's core");
        let_run(0, cores.before);
        return text;
    }
    pinned = std::move(cores);
    return "";
}

AllCores::AllCores() {
    if (pinned) let_run(0, pinned->before);
}

AllCores::~AllCores() {
    if (pinned) let_run(0, pinned->now);
}

} // namespace fk::room

#else

namespace fk::room {

std::string share_core(int64_t) { return ""; }
AllCores::AllCores() {}
AllCores::~AllCores() {}

} // namespace fk::room

#endif
