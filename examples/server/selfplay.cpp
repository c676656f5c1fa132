// SPDX-License-Identifier: MIT
// Rooms of computers alone, one after the other.
#include "selfplay.h"

#include "clocks.h"
#include "log.h"

namespace server {

namespace {

constexpr int early = 50; // games after which the server's memory has found its size

} // namespace

bool SelfPlay::start() {
    start_ = end_ = std::chrono::steady_clock::now();
    while (int(rooms_.size()) < options_.rooms && wants_more()) open_next();
    return !rooms_.empty();
}

bool SelfPlay::wants_more() const {
    return problem_.empty() && (options_.games == 0 || opened_ < options_.games);
}

void SelfPlay::open_next() {
    const fk::room::Added added = lobby_.open_computers(options_.seats);
    problem_ = added.problem;
    if (!added) return;
    rooms_.insert(added.id);
    opened_++;
}

bool SelfPlay::room_ended(const fk::room::RoomEnd &end) {
    if (rooms_.erase(end.room) == 0) return true;
    if (end.how == fk::room::Ending::Over) over_++;
    if (end.how == fk::room::Ending::Closed) closed_++;
    memory_ = cli::resident_bytes(0);
    if (++ended_ == early) early_memory_ = memory_;
    end_ = std::chrono::steady_clock::now();
    if (wants_more()) open_next();
    return !rooms_.empty();
}

std::string SelfPlay::summary() const {
    const double seconds = std::chrono::duration<double>(end_ - start_).count();
    const fk_member members[] = {
        member("games", FK_INT(ended_)),
        member("over", FK_INT(over_)),
        member("closed", FK_INT(closed_)),
        member("seconds", FK_DOUBLE(seconds)),
        member("games_per_second", FK_DOUBLE(ended_ ? ended_ / seconds : 0.0)),
        member("rss_after_50", FK_INT(early_memory_)),
        member("rss", FK_INT(memory_)),
        member("problem", text(problem_))};
    return json(FK_OBJECT(members));
}

} // namespace server
