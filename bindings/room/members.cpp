// SPDX-License-Identifier: MIT
// The threads of a pool: who takes rooms, who is out of date, who has nothing to do.
#include "members.h"

#include <algorithm>

namespace fk::room {

namespace {

bool takes_rooms(ThreadState state) {
    return state == ThreadState::Starting || state == ThreadState::Running;
}

} // namespace

Member *Members::find(int thread) {
    const auto found =
        std::ranges::find_if(list_, [&](const Member &m) { return m.thread->id() == thread; });
    return found == list_.end() ? nullptr : &*found;
}

void Members::remove(int thread) {
    std::erase_if(list_, [&](const Member &member) { return member.thread->id() == thread; });
}

std::vector<std::shared_ptr<RoomThread>> Members::all() const {
    std::vector<std::shared_ptr<RoomThread>> list;
    for (const Member &member : list_) list.push_back(member.thread);
    return list;
}

std::vector<std::shared_ptr<RoomThread>> Members::outdated(int version) const {
    std::vector<std::shared_ptr<RoomThread>> list;
    for (const Member &member : list_)
        if (member.version != version) list.push_back(member.thread);
    return list;
}

std::vector<std::shared_ptr<RoomThread>> Members::takers(int version) const {
    std::vector<std::pair<int, std::shared_ptr<RoomThread>>> found;
    for (const Member &member : list_)
        if (member.version == version && !member.replacement && !member.retired &&
            takes_rooms(member.thread->state()))
            found.emplace_back(member.thread->load(), member.thread);
    std::sort(found.begin(), found.end());
    std::vector<std::shared_ptr<RoomThread>> list;
    for (auto &[load, thread] : found) list.push_back(std::move(thread));
    return list;
}

std::shared_ptr<RoomThread> Members::home_of(int activity) const {
    for (const Member &member : list_)
        if (member.thread->has(activity)) return member.thread;
    return nullptr;
}

int Members::count(int version) const {
    return static_cast<int>(std::ranges::count_if(list_, [&](const Member &member) {
        return member.version == version && !member.retired && !member.failed;
    }));
}

Member *Members::find_idle(int version) {
    const auto found = std::ranges::find_if(list_, [&](const Member &m) {
        return m.version == version && !m.retired && !m.replacement && !m.thread->load();
    });
    return found == list_.end() ? nullptr : &*found;
}

} // namespace fk::room
