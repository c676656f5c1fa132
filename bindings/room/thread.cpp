// SPDX-License-Identifier: MIT
// fk::room::RoomThread: what any thread asks for becomes a job on its own.
#include <fk/room/thread.hpp>

#include "fleet.h"

namespace fk::room {

using Answer = Engine::Answer;

RoomThread::RoomThread(ThreadOptions options, std::function<void(ThreadState)> changed)
    : fleet_(std::make_shared<Fleet>(std::move(options), std::move(changed))) {
    fleet_->start();
}

RoomThread::~RoomThread() {
    close("The server closes.");
    fleet_->join();
}

int RoomThread::id() const { return fleet_->id; }
ThreadState RoomThread::state() const { return fleet_->state(); }
std::optional<Error> RoomThread::error() const { return fleet_->error(); }
int RoomThread::load() const { return fleet_->load(); }
bool RoomThread::is_full() const { return fleet_->load() >= fleet_->capacity(); }

void RoomThread::drain() { fleet_->drain(); }
void RoomThread::close(const std::string &reason) { fleet_->close(reason); }
void RoomThread::kill(const std::string &reason) { fleet_->kill(reason); }
void RoomThread::wait() { fleet_->wait(); }

Added RoomThread::add_room(RoomSpec spec) { return fleet_->add_room(std::move(spec)); }
bool RoomThread::has(int id) const { return fleet_->has(id); }

void RoomThread::close_room(int room, const std::string &reason, Done done) {
    fleet_->close_room(room, reason, std::move(done));
}

void RoomThread::kill_vm_of(int activity, const std::string &reason, Done done) {
    fleet_->kill_vm_of(activity, reason, std::move(done));
}

bool RoomThread::kill_vm(int vm, const std::string &reason) { return fleet_->kill_vm(vm, reason); }

bool RoomThread::interrupt_vm(int vm) {
    const auto engine = fleet_->engine_of(vm);
    return engine && engine->interrupt();
}

void RoomThread::push_request(int room, int player, std::string request, Done done) {
    fleet_->submit(room, std::move(done),
                   [room, player, request = std::move(request)](Engine &engine, const Answer &a) {
                       engine.push_request(room, player, request, a);
                   });
}

void RoomThread::wake_up(int room, std::string reason, Done done) {
    fleet_->submit(room, std::move(done),
                   [room, reason = std::move(reason)](Engine &engine, const Answer &answer) {
                       engine.wake_up(room, reason, answer);
                   });
}

void RoomThread::reply(int room, int player, int64_t request, std::string payload) {
    fleet_->post(room, [room, player, request, payload = std::move(payload)](Engine &engine) {
        engine.reply(room, player, request, payload);
    });
}

void RoomThread::set_player_state(int room, int player, PlayerState state, Done done) {
    fleet_->submit(room, std::move(done), [room, player, state](Engine &engine, const Answer &a) {
        engine.set_state(room, player, state, a);
    });
}

void RoomThread::reconnect(int room, int player, std::shared_ptr<Connection> connection,
                           Done done) {
    fleet_->submit(
        room, std::move(done),
        [room, player, connection = std::move(connection)](Engine &engine, const Answer &answer) {
            engine.reconnect(room, player, connection, answer);
        });
}

void RoomThread::set_owner(int room, int player, Done done) {
    fleet_->submit(room, std::move(done), [room, player](Engine &engine, const Answer &answer) {
        engine.set_owner(room, player, answer);
    });
}

void RoomThread::set_game_time(int room, int player, int seconds, Done done) {
    fleet_->submit(room, std::move(done), [room, player, seconds](Engine &engine, const Answer &a) {
        engine.set_game_time(room, player, seconds, a);
    });
}

void RoomThread::add_observer(int room, PlayerSpec observer, Done done) {
    fleet_->submit(room, std::move(done),
                   [room, observer = std::move(observer)](Engine &engine, const Answer &answer) {
                       engine.add_observer(room, observer, answer);
                   });
}

void RoomThread::remove_observer(int room, int observer, Done done) {
    fleet_->submit(room, std::move(done), [room, observer](Engine &engine, const Answer &answer) {
        engine.remove_observer(room, observer, answer);
    });
}

Added RoomThread::start_task(TaskSpec spec) { return fleet_->add_task(std::move(spec)); }
void RoomThread::abort_task(int task) {
    fleet_->post(task, [task](Engine &engine) { engine.abort_task(task); });
}

ThreadInfo RoomThread::info() const { return fleet_->info(); }
std::vector<RoomInfo> RoomThread::rooms() const { return fleet_->rooms(); }

void RoomThread::call(std::string function, Value params,
                      std::function<void(Value, const std::string &)> answer) {
    fleet_->call_function(std::move(function), std::move(params), std::move(answer));
}

} // namespace fk::room
