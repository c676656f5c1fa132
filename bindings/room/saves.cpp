// SPDX-License-Identifier: MIT
// Saves: asynchronous, answered by ResumeRoom.
#include "engine.h"

#include <future>

namespace fk::room {

namespace {

// What a storage that failed resumes the room with: no JSON, so that no script takes it for a save.
constexpr std::string_view FAILED = "query_failed";

} // namespace

// What to do with a query's result, while what it holds stays taken; nobody waits for it unless
// waits, but all hear of a failure. The storage may outlive this engine, which must not be kept
// alive by it, nor end on a thread of the storage.
Engine::Query Engine::query(const Activity *asking, bool waits) {
    const int number = asking ? asking->id : 0;
    const uint64_t serial = asking ? asking->serial : 0;
    return [this, weak = weak_from_this(), on = std::weak_ptr(loop_), number, serial,
            waits](std::string result, const std::string &problem, Holds holds) {
        const auto loop = on.lock();
        if (!loop || (!waits && problem.empty())) return;
        loop->post([this, weak, number, serial, result = std::move(result), problem,
                    holds = std::move(holds)] {
            const auto self = weak.lock();
            if (!self || gone_) return;
            if (!problem.empty()) log(FK_LEVEL_CRITICAL, "storage: " + problem, number);
            if (number) resume_if(number, serial, problem.empty() ? result : FAILED);
            stir();
        });
    };
}

// Computer players have no saves.
void Engine::save(const Activity *activity, bool waits, SaveKey key, std::string_view text,
                  Holds holds) {
    const auto answer = query(activity, waits);
    if (key.player < 0) return answer("query_done", "", std::move(holds));
    options_.storage->save(std::move(key), std::string(text),
                           [answer, holds = std::move(holds)](const std::string &problem) {
                               answer("query_done", problem, holds);
                           });
}

// How large a text is turns out when it is there.
void Engine::load(const Activity *activity, SaveKey key, const fkvm::Hold &hold) {
    const auto answer = query(activity, true);
    if (key.player < 0) return answer("{}", "", {hold});
    const fkvm::Holder holder = activity ? activity->holder() : fkvm::Holder{};
    options_.storage->load(std::move(key), [answer, hold, holder, purse = purse_](
                                               std::string text, const std::string &problem) {
        try {
            const fkvm::Hold bytes = purse->take(holder, fkvm::Thing::SaveBytes, text.size());
            answer(std::move(text), problem, {hold, bytes});
        } catch (const Failure &refused) {
            answer("", refused.what(), {hold});
        }
    });
}

std::string Engine::load_now(SaveKey key, const fkvm::Hold &hold) {
    if (key.player < 0) return "{}";
    using Loaded = std::pair<std::string, std::string>;
    const auto promise = std::make_shared<std::promise<Loaded>>(); // the answer may come too late
    std::future<Loaded> future = promise->get_future();
    options_.storage->load(std::move(key),
                           [promise, hold](std::string text, const std::string &problem) {
                               promise->set_value({std::move(text), problem});
                           });
    const std::chrono::milliseconds limit(options_.load_wait);
    if (future.wait_for(limit) != std::future_status::ready)
        throw Failure("the storage has not answered within " + std::to_string(limit.count()) +
                      " ms");
    auto [text, problem] = future.get();
    if (!problem.empty()) throw Failure("storage: " + problem);
    return std::move(text);
}

} // namespace fk::room
