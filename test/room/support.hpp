// SPDX-License-Identifier: MIT
// Clients, logs and threads as the tests of libfkroom need them. Nothing waits longer than LIMIT.
#pragma once

#include <fk/room/pool.hpp>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <mutex>
#include <string>

// CMocka defines fail and the like: after all others.
#include <csetjmp>
#include <cstdarg>
extern "C" {
#include <cmocka.h>
}

using namespace fk::room;

constexpr std::chrono::seconds LIMIT(20);

// Values that one thread leaves and another waits for, in order.
template <class T>
class Mailbox {
  public:
    void put(T value) {
        const std::lock_guard lock(mutex_); // until the end: who takes it may destroy this
        values_.push_back(std::move(value));
        filled_.notify_all();
    }

    // The first that fits and is still there; those before it are dropped.
    template <class F>
    T take(const char *what, F fits) {
        std::unique_lock lock(mutex_);
        T found{};
        const bool there = filled_.wait_for(lock, LIMIT, [&] {
            while (!values_.empty()) {
                T value = std::move(values_.front());
                values_.pop_front();
                seen_.push_back(value);
                if (!fits(value)) continue;
                found = std::move(value);
                return true;
            }
            return false;
        });
        if (!there) fail_msg("nothing came: %s", what);
        return found;
    }
    T take(const char *what) {
        return take(what, [](const T &) { return true; });
    }
    bool empty() {
        const std::lock_guard lock(mutex_);
        return values_.empty();
    }

  private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<T> values_, seen_;
};

struct Message {
    std::string command, payload;
    int64_t request = 0;
    double timeout = 0;
    int64_t timestamp = 0;
};

// A client that keeps all it gets.
class Client : public Connection {
  public:
    void notify(std::string_view command, Bytes payload) override {
        messages.put({std::string(command), text(payload)});
        unflushed_++;
    }
    void request(const Request &request) override {
        messages.put({std::string(request.command), text(request.payload), request.id,
                      request.timeout, request.timestamp});
        unflushed_++;
    }
    void flush() override { batches.put(std::exchange(unflushed_, 0)); }
    void close(std::string_view reason) override { messages.put({"closed", std::string(reason)}); }
    void room_closed(int room, Ending how, std::string_view reason) override {
        ends.put({room, how, std::string(reason)});
    }

    // The next message of that command.
    Message expect(const std::string &command) {
        return messages.take(command.c_str(),
                             [&](const Message &m) { return m.command == command; });
    }
    void expect(const std::string &command, const std::string &payload) {
        assert_string_equal(expect(command).payload.c_str(), payload.c_str());
    }

    // That very message, whatever comes before it.
    void await(const std::string &command, const std::string &payload) {
        messages.take((command + " " + payload).c_str(), [&](const Message &m) {
            return m.command == command && m.payload == payload;
        });
    }

    struct End {
        int room;
        Ending how;
        std::string reason;
    };
    Mailbox<Message> messages;
    Mailbox<int> batches; // messages between two calls of flush()
    Mailbox<End> ends;

  private:
    static std::string text(Bytes bytes) {
        return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
    }
    int unflushed_ = 0; // of the room's thread
};

struct LogLine {
    fk_level level;
    std::string text;
    int thread, room;
};

// Options whose log and ended rooms arrive in mailboxes.
struct House {
    Mailbox<LogLine> lines;
    Mailbox<RoomEnd> ends;
    ThreadOptions options;

    House() {
        options.vm.script = FK_TEST_SCRIPT;
        if (const char *const each = getenv("FK_TEST_ROOMS_PER_VM"))
            options.rooms_per_vm = std::atoi(each);
        options.log = [this](const LogRecord &record) {
            lines.put({record.level, std::string(record.text), record.thread, record.room});
        };
        options.room_ended = [this](const RoomEnd &end) { ends.put(end); };
    }
    LogLine expect_line(const std::string &part) {
        return lines.take(part.c_str(), [&](const LogLine &line) {
            return line.text.find(part) != std::string::npos;
        });
    }
    RoomEnd expect_end(int room) {
        return ends.take("the end of a room", [&](const RoomEnd &end) { return end.room == room; });
    }
};

inline PlayerSpec player(int id, std::shared_ptr<Connection> connection) {
    PlayerSpec spec;
    spec.id = id;
    spec.name = "player " + std::to_string(id);
    spec.connection = std::move(connection);
    return spec;
}

// A thread with one room, number `room`, of people 1, 2 ... each with a client.
struct Table {
    explicit Table(int people, House &house, RoomSpec spec = {})
        : house(house), thread(house.options) {
        for (int id = 1; id <= people; id++) {
            clients.push_back(std::make_shared<Client>());
            spec.players.push_back(player(id, clients.back()));
        }
        const Added added = thread.add_room(std::move(spec));
        assert_string_equal(added.problem.c_str(), "");
        room = added.id;
    }
    // Player 1 (or another) asks the script for it.
    void ask(const std::string &request, int id = 1) { thread.push_request(room, id, request); }
    // Waits until the thread has done all that was asked of it before.
    void settle() {
        Mailbox<std::string> done;
        thread.wake_up(room, "settled", [&](const std::string &problem) { done.put(problem); });
        done.take("a sign of the thread");
    }
    Client &client(int id) { return *clients[static_cast<size_t>(id) - 1]; }

    House &house;
    std::vector<std::shared_ptr<Client>> clients;
    int room = 0;
    RoomThread thread;
};

// The problem that an entry point reports.
template <class F>
std::string problem_of(F ask) {
    Mailbox<std::string> answer;
    ask([&](const std::string &problem) { answer.put(problem); });
    return answer.take("an answer");
}

inline void expect_part(const std::string &text, const std::string &part) {
    if (text.find(part) == std::string::npos)
        fail_msg("\"%s\" is not in \"%s\"", part.c_str(), text.c_str());
}
