// SPDX-License-Identifier: MIT
// fk::room::RoomThreadPool, over its supervisor.
#include <fk/room/pool.hpp>

#include "supervisor.h"

#include <algorithm>

namespace fk::room {

RoomThreadPool::RoomThreadPool(PoolOptions options)
    : supervisor_(std::make_unique<Supervisor>(std::move(options))) {
    supervisor_->open_first();
}
RoomThreadPool::~RoomThreadPool() = default;

Added RoomThreadPool::add_room(RoomSpec spec) {
    return supervisor_->add(std::move(spec), &RoomThread::add_room);
}
Added RoomThreadPool::start_task(TaskSpec spec) {
    return supervisor_->add(std::move(spec), &RoomThread::start_task);
}

std::shared_ptr<RoomThread> RoomThreadPool::find(int id) const { return supervisor_->find(id); }
std::shared_ptr<RoomThread> RoomThreadPool::thread(int id) const {
    for (auto &thread : supervisor_->threads())
        if (thread->id() == id) return thread;
    return nullptr;
}
std::vector<std::shared_ptr<RoomThread>> RoomThreadPool::threads() const {
    return supervisor_->threads();
}

void RoomThreadPool::reload(Done done) { supervisor_->reload(std::move(done)); }
void RoomThreadPool::set_vm(Options vm) { supervisor_->set_vm(std::move(vm)); }

PoolInfo RoomThreadPool::info() const { return supervisor_->info(); }
std::vector<RoomInfo> RoomThreadPool::rooms() const {
    std::vector<RoomInfo> all;
    for (const auto &thread : supervisor_->threads())
        for (RoomInfo &room : thread->rooms()) all.push_back(std::move(room));
    std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.id < b.id; });
    return all;
}

} // namespace fk::room
