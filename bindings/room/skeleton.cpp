// SPDX-License-Identifier: MIT
// What the headers promise and is still to be built: every function answers that it is not there.
#include <fk/room/pool.hpp>

#include <stdexcept>

namespace fk::room {

namespace {
[[noreturn]] void missing() { throw std::logic_error("libfkroom: not built yet"); }
} // namespace

std::string_view name_of(PlayerState) { missing(); }
std::string_view name_of(Ending) { missing(); }
std::string_view name_of(ThreadState) { missing(); }
std::string_view name_of(PoolState) { missing(); }
std::shared_ptr<Storage> open_sqlite(const std::string &, Log) { missing(); }

class RoomThread::Impl {};
RoomThread::RoomThread(ThreadOptions, std::function<void(RoomThread &)>) { missing(); }
RoomThread::~RoomThread() = default;
int RoomThread::id() const { missing(); }
ThreadState RoomThread::state() const { missing(); }
std::string RoomThread::problem() const { missing(); }
int RoomThread::load() const { missing(); }
bool RoomThread::is_full() const { missing(); }
void RoomThread::drain() { missing(); }
void RoomThread::close(const std::string &) { missing(); }
void RoomThread::kill(const std::string &) { missing(); }
void RoomThread::wait() { missing(); }
Added RoomThread::add_room(RoomSpec) { missing(); }
void RoomThread::close_room(int, const std::string &, Done) { missing(); }
bool RoomThread::has_room(int) const { missing(); }
void RoomThread::push_request(int, int, std::string, Done) { missing(); }
void RoomThread::wake_up(int, std::string, Done) { missing(); }
void RoomThread::reply(int, int, int64_t, std::string) { missing(); }
void RoomThread::set_player_state(int, int, PlayerState, Done) { missing(); }
void RoomThread::reconnect(int, int, std::shared_ptr<Connection>, Done) { missing(); }
void RoomThread::add_observer(int, PlayerSpec, Done) { missing(); }
void RoomThread::remove_observer(int, int, Done) { missing(); }
Added RoomThread::start_task(TaskSpec) { missing(); }
void RoomThread::abort_task(int) { missing(); }
ThreadInfo RoomThread::info() const { missing(); }
std::vector<RoomInfo> RoomThread::rooms() const { missing(); }
void RoomThread::call(std::string, Value, std::function<void(Value, const std::string &)>) {
    missing();
}

class RoomThreadPool::Impl {};
RoomThreadPool::RoomThreadPool(PoolOptions) { missing(); }
RoomThreadPool::~RoomThreadPool() = default;
Added RoomThreadPool::add_room(RoomSpec) { missing(); }
Added RoomThreadPool::start_task(TaskSpec) { missing(); }
std::shared_ptr<RoomThread> RoomThreadPool::find(int) const { missing(); }
std::shared_ptr<RoomThread> RoomThreadPool::thread(int) const { missing(); }
std::vector<std::shared_ptr<RoomThread>> RoomThreadPool::threads() const { missing(); }
void RoomThreadPool::reload(Done) { missing(); }
void RoomThreadPool::set_vm(Options) { missing(); }
PoolInfo RoomThreadPool::info() const { missing(); }
std::vector<RoomInfo> RoomThreadPool::rooms() const { missing(); }

} // namespace fk::room
