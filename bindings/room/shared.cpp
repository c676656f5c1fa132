// SPDX-License-Identifier: MIT
// The options of a thread in full, its log, and how people hear of an end.
#include "shared.h"

#include "model/shown.h"

#include <cstdio>

namespace fk::room {

namespace {

void print(const LogRecord &record) {
    static const char *const words[] = {"print", "debug",  "info",  "warning",
                                        "error", "stdout", "stderr"};
    std::string line =
        std::string(words[record.level]) + ": thread " + std::to_string(record.thread);
    if (record.room) line += ", room " + std::to_string(record.room);
    line += ": ";
    std::string_view text =
        record.text; // its lines stand below its first: none looks like a record
    for (size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1))
        line += fkvm::harmless(text.substr(0, end)) + "\n    ";
    line += fkvm::harmless(text) + '\n';
    fwrite(line.data(), 1, line.size(), stderr);
}

// Who waits for loads takes long by leave.
constexpr uint32_t host_time = 5000; // ms of one call

ThreadOptions complete(ThreadOptions options) {
    if (!options.log) options.log = print;
    if (options.vm.host_timeout == 0)
        options.vm.host_timeout = host_time + 4 * static_cast<uint32_t>(options.load_wait);
    if (options.rooms_per_vm > 0 && options.vm.memory_limit == 0)
        options.vm.memory_limit = memory_of_one;
    if (!options.storage) options.storage = open_sqlite(":memory:", options.log);
    return options;
}

} // namespace

Shared::Shared(ThreadOptions given, int id, Loop::Hooks hooks)
    : options(complete(std::move(given))), thread(id),
      loop(std::make_shared<Loop>(std::move(hooks))) {}

void Shared::log(fk_level level, std::string_view text, int room) const {
    try {
        options.log({level, text, thread, room});
    } catch (const std::exception &) { // against the contract; the record must not be lost with it
        print({level, text, thread, room});
    }
}

void Shared::guarded(const Job &job) const {
    try {
        job();
    } catch (const std::exception &problem) {
        log(FK_LEVEL_CRITICAL, std::string("the server's own code threw: ") + problem.what());
    }
}

void Shared::say_end(Activity &activity, const Outcome &outcome) {
    if (activity.id < 0) {
        const auto &task = static_cast<Task &>(activity);
        if (task.spec.ended) guarded([&] { task.spec.ended(task.id); });
        return;
    }
    auto &room = static_cast<Room &>(activity);
    (outcome.how == Ending::ServerError ? lost_rooms : ended_rooms)++;
    const RoomEnd end = describe_end(room, thread, outcome);
    for (const PlayerEnd &player : end.players)
        if (end.game_over && player.ran) options.storage->add_run(player.id, room.spec.mode);
    for (const auto *people : {&room.players, &room.observers})
        for (const auto &person : *people)
            if (const auto connection = std::move(person->spec.connection))
                guarded([&] { connection->room_closed(room.id, outcome.how, outcome.reason); });
    if (options.room_ended) guarded([&] { options.room_ended(end); });
}

} // namespace fk::room
