// SPDX-License-Identifier: MIT
// The life of a thread: its beginning, its ticks, its end.
#include "fleet.h"

#include "budget.h"

#include <algorithm>

namespace fk::room {

namespace {

std::atomic<int> last_thread = 0;

constexpr std::chrono::milliseconds beat(100);
constexpr int beats_a_second = 10;

} // namespace

Fleet::Fleet(ThreadOptions options, std::function<void(ThreadState)> changed)
    : id(++last_thread),
      shared_(std::make_shared<Shared>(
          std::move(options), id,
          Loop::Hooks{[this] { settle(); },
                      [this](const std::string &problem) { log(FK_LEVEL_CRITICAL, problem); }})),
      changed_(std::move(changed)) {}

Fleet::~Fleet() = default;

void Fleet::start() {
    const auto self = shared_from_this();
    shared_->loop->start(
        "fkroom-" + std::to_string(id), [self] { self->begin(); }, [self] { self->finish(); });
}

void Fleet::begin() {
    if (has_many()) {
        const auto helper = [this](const char *name) {
            auto loop = std::make_unique<Loop>(Loop::Hooks{
                [] {}, [this](const std::string &problem) { log(FK_LEVEL_CRITICAL, problem); }});
            loop->start(
                name + std::to_string(id), [] {}, [] {});
            return loop;
        };
        opener_ = helper("fkroom-open");
        closer_ = helper("fkroom-shut");
        refill();
        return tick();
    }
    const auto engine = std::make_shared<Engine>(shared_, Engine::Manner::Waits);
    {
        const auto lock = shared_->locked();
        engines_.push_back(engine);
    }
    engine->open();
    if (engine->dead()) return;
    engine->watch();
    vms_opened_++;
    tick();
    if (state() == ThreadState::Starting) set_state(ThreadState::Running);
}

void Fleet::tick() {
    if (!has_many()) {
        shared_->loop->in(std::chrono::seconds(1), [this] {
            engines_.front()->tick();
            tick();
        });
        return;
    }
    shared_->loop->in(beat, [this] {
        poll_idle();
        if (++ticks_ % beats_a_second == 0) {
            for (const auto &engine : engines_) engine->tick();
            look_at_waiting();
            measure_some();
        }
        tick();
    });
}

// Embedded VMs, a few at a time, each for half a millisecond.
void Fleet::poll_idle() {
    constexpr int most = 8;
    int polled = 0;
    for (size_t i = 0; i < engines_.size() && polled < most; i++) {
        Engine &engine = *engines_[++polled_ % engines_.size()];
        if (!engine.is_embedded() || !engine.wants_poll()) continue;
        engine.poll_vm();
        polled++;
    }
}

void Fleet::settle() {
    if (has_many())
        settle_many();
    else if (!engines_.empty())
        settle_one();
}

void Fleet::settle_one() {
    Engine &engine = *engines_.front();
    engine.settle();
    if (engine.is_gone()) return;
    if (engine.dead()) return shut_down({Ending::ServerError, GAME_LOST, engine.dead()->what()});
    if (state() == ThreadState::Draining && load() == 0)
        shut_down({Ending::Closed, "The server has been updated.", "the thread was drained"});
}

void Fleet::settle_many() {
    bool placed = false;
    while (!shared_->stirred.empty()) {
        for (const auto &engine : std::exchange(shared_->stirred, {})) {
            engine->settle();
            if (engine->is_gone()) continue;
            if (engine->dead())
                engine->shut_down({Ending::ServerError, GAME_LOST, engine->dead()->what()});
            else if (engine->taken() > 0 && engine->rooms() == 0)
                engine->shut_down({Ending::Closed, "", "its rooms have ended"});
            else
                continue;
            retire(engine);
            placed = true;
        }
    }
    if (over_) return end_if_closed();
    if (killed_) return shut_down({Ending::ServerError, GAME_LOST, kill_reason_});
    if (state() == ThreadState::Draining && load() == 0)
        return shut_down(
            {Ending::Closed, "The server has been updated.", "the thread was drained"});
    if (placed) place_waiting();
}

// Rooms end first, so that nobody waits for the end of VMs.
void Fleet::shut_down(const Outcome &outcome) {
    if (std::exchange(over_, true)) return;
    {
        const auto lock = shared_->locked();
        state_ = ThreadState::Draining; // takes nothing more from now on
        if (killed_ && has_many()) error_.emplace(FK_VM_DIED, kill_reason_, false);
    }
    end_waiting(outcome, Clock::time_point::max());
    if (has_many()) {
        for (const auto &engine : std::vector(engines_)) {
            engine->shut_down(outcome);
            retire(engine);
        }
        return end_if_closed();
    }
    const auto &engine = engines_.front();
    engine->shut_down(outcome);
    shared_->loop->end();
    engine->close();
    const auto lock = shared_->locked();
    error_ = engine->dead();
}

void Fleet::end_if_closed() {
    if (opening_.empty() && closing_ == 0 && engines_.empty()) shared_->loop->end();
}

// The last of the thread: all posted jobs have run.
void Fleet::finish() {
    for (const auto *loop : {&opener_, &closer_}) {
        if (!*loop) continue;
        (*loop)->post([&loop = **loop] { loop.end(); });
        (*loop)->join();
    }
    set_state(error_ ? ThreadState::Dead : ThreadState::Closed);
    const auto lock = shared_->locked();
    finished_ = true;
    finish_.notify_all();
}

void Fleet::set_state(ThreadState state) {
    {
        const auto lock = shared_->locked();
        state_ = state;
    }
    if (changed_) shared_->guarded([&] { changed_(state); });
}

} // namespace fk::room
