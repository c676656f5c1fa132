// SPDX-License-Identifier: MIT
// A VM with a house of rooms, for measurements.
#include "stage.h"

#include "freekill.h"

#include <filesystem>
#include <fstream>
#include <sched.h>
#include <stdexcept>
#include <sys/resource.h>

namespace cli {

namespace {

HouseRules rules_of(const ProbeArguments &arguments, KeptMessages *kept) {
    HouseRules rules;
    rules.players = arguments.players;
    rules.settings = freekill_settings(rules.timeout);
    rules.kept = kept;
    return rules;
}

void add(Memory &sum, const Memory &more) {
    sum.resident += more.resident;
    sum.proportional += more.proportional;
    sum.private_ += more.private_;
}

} // namespace

void throw_last(const std::string &what) {
    const fk_error *error = fk_error_last();
    throw std::runtime_error(what + ": " + error->message + " (" + fk_status_name(error->status) +
                             ")");
}

Stage::Stage(const ProbeArguments &arguments, KeptMessages *kept)
    : house_(rules_of(arguments, kept), false), longest_(arguments.longest) {
    const int64_t begin = monotonic_ns();
    if (vm_.open(arguments.vm, house_.methods(), messages_) != FK_OK)
        throw_last("the VM did not open");
    open_us_ = double(monotonic_ns() - begin) / 1e3;
}

void Stage::begin(uint64_t games, uint64_t rooms) {
    play_ = std::make_unique<Play>(vm_, house_, progress_, Plan{games, rooms, longest_, {}});
}

const std::vector<Game> &Stage::play(uint64_t games, uint64_t rooms) {
    begin(games, rooms);
    play_->run();
    return this->games();
}

const std::vector<Game> &Stage::games() const {
    for (const Game &game : play_->games())
        if (!game.problem.empty()) throw std::runtime_error(game.problem);
    return play_->games();
}

uint64_t Stage::notifies() const {
    return notifies_of(play_->games()) + house_.notifies_of_open_rooms();
}

void Stage::close() {
    if (vm_.close() != FK_OK) throw_last("closing the VM");
}

uint64_t notifies_of(const std::vector<Game> &games) {
    uint64_t sum = 0;
    for (const Game &game : games) sum += game.notifies;
    return sum;
}

Spent spent_on(const std::vector<Game> &games) {
    Spent sum;
    for (const Game &game : games) sum += game.spent;
    return sum;
}

Footprint footprint() {
    Footprint footprint{memory_of(0), {}};
    std::error_code ignored;
    for (const auto &thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        std::ifstream children(thread.path() / "children");
        for (int64_t pid; children >> pid;) add(footprint.children, memory_of(pid));
    }
    return footprint;
}

void raise_descriptor_limit() {
    rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void pin_to_one_core() {
#ifdef __linux__
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    int core = 0;
    while (core < CPU_SETSIZE - 1 && !CPU_ISSET(core, &allowed)) core++;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        throw std::runtime_error("cannot stay on one core: sched_setaffinity failed");
#endif
}

} // namespace cli
