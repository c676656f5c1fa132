// SPDX-License-Identifier: MIT
// Calls that are begun and not waited for: one at a time, the others in their order behind it.
#include "engine.h"

#include <algorithm>

namespace fk::room {

namespace {

constexpr uint64_t usual_output = 16 << 20;
constexpr uint32_t usual_call = 15'000; // ms, the default of call_timeout

} // namespace

// ---- what waits ---------------------------------------------------------------------------------

void Engine::ask(Call call) {
    if (dead_ || gone_) return call.then(std::nullopt, std::nullopt);
    calls_.push_back({turns_.size(), std::move(call), {}});
}

void Engine::later(Job job) { jobs_.push_back({turns_.size(), {}, std::move(job)}); }

bool Engine::run(Job job) {
    if (manner_ == Manner::Waits) {
        resume_all();
        job();
        return true;
    }
    if (jobs_.size() >= most_waiting) return false;
    later(std::move(job));
    stir();
    return true;
}

// Nobody will do it: who waits hears so.
void Engine::forget_steps() {
    if (const auto asked = std::exchange(asked_, std::nullopt))
        asked->then(std::nullopt, std::nullopt);
    for (auto *steps : {&calls_, &jobs_})
        while (!steps->empty()) {
            Step step = std::move(steps->front());
            steps->pop_front();
            if (step.call)
                step.call->then(std::nullopt, std::nullopt);
            else
                step.job();
        }
}

// ---- one after the other ------------------------------------------------------------------------

// Does what can be done without the VM, or gives the VM what is next. False: nothing is to be done
// now.
bool Engine::next() {
    if (asked_) {
        if (is_answered_) take_answer();
        return !asked_;
    }
    end_ripe();
    if (dead_ || asked_) return !dead_;
    if (!calls_.empty()) return take(calls_);
    if (!jobs_.empty()) return take(jobs_);
    if (turns_.empty()) return false;
    send_turns(most_together);
    return true;
}

bool Engine::take(std::deque<Step> &steps) {
    Step &first = steps.front();
    if (first.turns > 0 && !turns_.empty()) {
        const size_t now = std::min({first.turns, most_together, turns_.size()});
        first.turns -= now;
        send_turns(now);
        return true;
    }
    Step step = std::move(first);
    steps.pop_front();
    if (step.call)
        send(std::move(*step.call));
    else
        step.job();
    return true;
}

void Engine::send_turns(size_t most) {
    take_turns(std::min(most, together_ ? most : 1));
    if (running_.size() == 1) {
        const Turn &turn = running_.front();
        return send({turn.activity, "ResumeRoom", pack(turn.activity, turn.reason),
                     [this](std::optional<Value> over, const std::optional<Error> &) {
                         end_turn(over ? std::optional(is(over, true)) : std::nullopt);
                         put_back();
                     }});
    }
    send({running_.front().activity, "ResumeRooms", pack(list_of_turns()),
          [this](std::optional<Value> result, const std::optional<Error> &error) {
              together_ = error ? error->status() != FK_NO_METHOD || ran_ > 0 : ran_ > 0;
              if (!result && together_) end_turn(std::nullopt);
              put_back();
          }});
}

void Engine::begin_turn(int activity) {
    current_ = activity;
    begin_refusals();
    stopped_.clear();
    output_ = 0;
    said_ = {};
    busy_for_ = 0;
    last_use_ = Clock::now();
    untidy_ = true;
}

void Engine::send(Call call) {
    begin_turn(call.activity);
    asked_ = std::move(call);
    is_answered_ = false;
    const fk_status begun =
        fk_vm_call_async(vm_.get(), asked_->method.c_str(), asked_->params.get(), answered, this);
    if (begun == FK_OK) return;
    failure_.emplace(*fk_error_last());
    is_answered_ = true;
}

// Inside a function of the VM, which cannot be called now: settle() goes on.
void Engine::answered(void *self, const fk_error *error, const fk_value *result) {
    auto &engine = *static_cast<Engine *>(self);
    if (engine.gone_ || !engine.asked_) return;
    fk_value *copy = nullptr;
    if (error->status != FK_OK)
        engine.failure_.emplace(*error);
    else if (fk_value_copy(result, &copy) != FK_OK)
        engine.failure_.emplace(*fk_error_last());
    else
        engine.result_.emplace(copy);
    engine.is_answered_ = true;
}

void Engine::take_answer() {
    const Call call = std::move(*asked_);
    asked_.reset();
    std::optional<Value> result = std::exchange(result_, std::nullopt);
    std::optional<Error> failure = std::exchange(failure_, std::nullopt);
    if (!stopped_.empty() && (!failure || failure->vm_alive()))
        failure.emplace(FK_TIMEOUT, stopped_, true);
    const bool unknown =
        failure && failure->status() == FK_NO_METHOD && call.method == "ResumeRooms";
    if (failure && !unknown) call_failed(current_, *failure);
    current_ = 0;
    call.then(failure ? std::nullopt : std::move(result), failure);
    flush();
    tell_warnings();
}

// ---- what a turn may take -----------------------------------------------------------------------

void Engine::stop_turn(const std::string &why) {
    if (!stopped_.empty()) return;
    stopped_ = why;
    fk_vm_interrupt(vm_.get());
}

uint64_t Engine::most_output() const {
    return options_.vm.max_output ? options_.vm.max_output : usual_output;
}

void Engine::count_output(size_t bytes) {
    if (!asked_ || options_.vm.max_output == FK_NO_LIMIT) return;
    const uint64_t most = most_output();
    output_ += bytes + 1;
    if (output_ >= most)
        stop_turn("it printed more than " + std::to_string(most) +
                  " bytes in one turn (max_output)");
}

void Engine::count_time(Clock::duration time) {
    if (!asked_ || options_.vm.host_timeout == FK_NO_LIMIT) return;
    said_ += time;
    if (said_ > std::chrono::milliseconds(options_.vm.host_timeout))
        stop_turn("the server had to do with it for more than " +
                  std::to_string(options_.vm.host_timeout) + " ms in one turn (host_timeout)");
}

// fkvm-host keeps call_timeout itself. A child that is stopped does not, nor one by command; it has
// as long again, for it may have had no core. Time is counted in ticks, so that it stands still
// while the server does.
void Engine::look_at_time() {
    if (!asked_ || is_answered_ || options_.vm.call_timeout == FK_NO_LIMIT) return;
    const uint32_t limit = options_.vm.call_timeout ? options_.vm.call_timeout : usual_call;
    const auto most = static_cast<int>(2 * limit / 1000) + 2;
    if (++busy_for_ <= most || dead_) return;
    dead_.emplace(FK_VM_DIED,
                  "the VM has not answered '" + asked_->method + "' within " +
                      std::to_string(most) + " s, twice its limit of " + std::to_string(limit) +
                      " ms (call_timeout), and was ended",
                  false);
    stir();
}

} // namespace fk::room
