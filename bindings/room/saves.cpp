// SPDX-License-Identifier: MIT
// Saves: asynchronous, answered by ResumeRoom.
#include "engine.h"

#include <future>

namespace fk::room {

namespace {

// What a storage that failed resumes the room with: no JSON, so that no script takes it for a save.
constexpr std::string_view FAILED = "query_failed";

} // namespace

// What to do with a query's result; nobody waits for it unless waits, but all hear of a failure.
// The storage may outlive this engine, which must not be kept alive by it: where the loop runs, the
// engine is.
std::function<void(std::string, const std::string &)> Engine::query(const Activity *asking,
                                                                    bool waits) {
    const int number = asking ? asking->id : 0;
    const uint64_t serial = asking ? asking->serial : 0;
    return [this, weak = std::weak_ptr(loop_), number, serial, waits](std::string result,
                                                                      const std::string &problem) {
        const auto loop = weak.lock();
        if (!loop || (!waits && problem.empty())) return;
        loop->post([this, number, serial, result = std::move(result), problem] {
            if (!problem.empty()) log(FK_LEVEL_CRITICAL, "storage: " + problem, number);
            if (number) resume_if(number, serial, problem.empty() ? result : FAILED);
        });
    };
}

// Computer players have no saves.
void Engine::save(const Activity *activity, bool waits, SaveKey key, std::string_view text) {
    const auto answer = query(activity, waits);
    if (key.player < 0) return answer("query_done", "");
    options_.storage->save(std::move(key), std::string(text),
                           [answer](const std::string &problem) { answer("query_done", problem); });
}

void Engine::load(const Activity *activity, SaveKey key) {
    const auto answer = query(activity, true);
    if (key.player < 0) return answer("{}", "");
    options_.storage->load(std::move(key), answer);
}

std::string Engine::load_now(SaveKey key) {
    if (key.player < 0) return "{}";
    using Answer = std::pair<std::string, std::string>;
    const auto promise = std::make_shared<std::promise<Answer>>(); // the answer may come too late
    std::future<Answer> future = promise->get_future();
    options_.storage->load(std::move(key), [promise](std::string text, const std::string &problem) {
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
