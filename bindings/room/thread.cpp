// SPDX-License-Identifier: MIT
// fk::room::RoomThread: what any thread asks for becomes a job on the engine's.
#include <fk/room/thread.hpp>

#include "engine.h"

namespace fk::room {

RoomThread::RoomThread(ThreadOptions options, std::function<void(ThreadState)> changed)
    : engine_(std::make_shared<Engine>(std::move(options), std::move(changed))) {
    engine_->start();
}

RoomThread::~RoomThread() {
    close("The server closes.");
    engine_->join();
}

int RoomThread::id() const { return engine_->id; }
ThreadState RoomThread::state() const { return engine_->state(); }
std::optional<Error> RoomThread::error() const { return engine_->error(); }
int RoomThread::load() const { return engine_->load(); }
bool RoomThread::is_full() const { return engine_->load() >= engine_->capacity(); }

void RoomThread::drain() { engine_->drain(); }
void RoomThread::close(const std::string &reason) { engine_->close(reason); }
void RoomThread::kill(const std::string &reason) { engine_->kill(reason); }
void RoomThread::wait() { engine_->wait(); }

Added RoomThread::add_room(RoomSpec spec) { return engine_->add_room(std::move(spec)); }
bool RoomThread::has(int id) const { return engine_->has(id); }

void RoomThread::close_room(int room, const std::string &reason, Done done) {
    engine_->submit(std::move(done),
                    [e = engine_.get(), room, reason] { return e->close_room(room, reason); });
}

void RoomThread::push_request(int room, int player, std::string request, Done done) {
    engine_->submit(std::move(done),
                    [e = engine_.get(), room, player, request = std::move(request)] {
                        return e->push_request(room, player, request);
                    });
}

void RoomThread::wake_up(int room, std::string reason, Done done) {
    engine_->submit(std::move(done), [e = engine_.get(), room, reason = std::move(reason)] {
        return e->wake_up(room, reason);
    });
}

void RoomThread::reply(int room, int player, int64_t request, std::string payload) {
    engine_->post([e = engine_.get(), room, player, request, payload = std::move(payload)] {
        e->reply(room, player, request, payload);
    });
}

void RoomThread::set_player_state(int room, int player, PlayerState state, Done done) {
    engine_->submit(std::move(done), [e = engine_.get(), room, player, state] {
        return e->set_state(room, player, state);
    });
}

void RoomThread::reconnect(int room, int player, std::shared_ptr<Connection> connection,
                           Done done) {
    engine_->submit(std::move(done),
                    [e = engine_.get(), room, player, connection = std::move(connection)] {
                        return e->reconnect(room, player, connection);
                    });
}

void RoomThread::set_owner(int room, int player, Done done) {
    engine_->submit(std::move(done),
                    [e = engine_.get(), room, player] { return e->set_owner(room, player); });
}

void RoomThread::set_game_time(int room, int player, int seconds, Done done) {
    engine_->submit(std::move(done), [e = engine_.get(), room, player, seconds] {
        return e->set_game_time(room, player, seconds);
    });
}

void RoomThread::add_observer(int room, PlayerSpec observer, Done done) {
    engine_->submit(std::move(done), [e = engine_.get(), room, observer = std::move(observer)] {
        return e->add_observer(room, observer);
    });
}

void RoomThread::remove_observer(int room, int observer, Done done) {
    engine_->submit(std::move(done), [e = engine_.get(), room, observer] {
        return e->remove_observer(room, observer);
    });
}

Added RoomThread::start_task(TaskSpec spec) { return engine_->add_task(std::move(spec)); }
void RoomThread::abort_task(int task) {
    engine_->post([e = engine_.get(), task] { e->abort_task(task); });
}

ThreadInfo RoomThread::info() const { return engine_->info(); }
std::vector<RoomInfo> RoomThread::rooms() const { return engine_->rooms(); }

void RoomThread::call(std::string function, Value params,
                      std::function<void(Value, const std::string &)> answer) {
    engine_->call_function(std::move(function), std::move(params), std::move(answer));
}

} // namespace fk::room
