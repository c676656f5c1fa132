// SPDX-License-Identifier: MIT
// A pool on scripts that may change, and rooms of one person in it.
#pragma once

#include "support.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

// A folder with house.lua as main.lua, which says its version.
class Package {
  public:
    Package() {
        char name[] = "/tmp/fkroom-XXXXXX";
        folder_ = mkdtemp(name);
        write("1");
    }
    ~Package() { std::filesystem::remove_all(folder_); }

    void write(const std::string &version) const {
        std::ifstream original(FK_TEST_SCRIPT);
        std::ofstream(folder_ / "main.new")
            << original.rdbuf() << "function Version() return '" << version << "' end\n";
        std::filesystem::rename(folder_ / "main.new", folder_ / "main.lua");
    }
    void spoil() const { std::ofstream(folder_ / "main.lua") << "this is no Lua"; }

    std::string directory() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

struct City : House {
    explicit City(const Package &package) {
        options.vm.script = "main.lua";
        options.vm.directory = package.directory();
        options.functions.push_back("Version");
        options.vm.interrupt_signal = SIGRTMIN + 4;
        pool_options.watch_interval = 0;
        pool_options.first_backoff = 1;
    }
    PoolOptions &take() {
        pool_options.thread = options;
        return pool_options;
    }
    PoolOptions pool_options;
};

struct Seat {
    std::shared_ptr<Client> client = std::make_shared<Client>();
    int room = 0;
    std::shared_ptr<RoomThread> thread;

    explicit Seat(RoomThreadPool &pool) {
        RoomSpec spec;
        spec.players.push_back(player(1, client));
        const Added added = pool.add_room(std::move(spec));
        assert_string_equal(added.problem.c_str(), "");
        room = added.id;
        thread = pool.find(room);
        assert_non_null(thread.get());
    }
    void plays() {
        thread->wake_up(room, "still here");
        client->await("Resumed", "still here");
    }
    void finish() { thread->wake_up(room, "finish"); }
};

inline std::string refusal(RoomThreadPool &pool) {
    RoomSpec spec;
    spec.players.push_back(player(1, std::make_shared<Client>()));
    return pool.add_room(std::move(spec)).problem;
}

template <class F>
void eventually(const char *what, F condition) {
    const auto end = std::chrono::steady_clock::now() + LIMIT;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) fail_msg("never: %s", what);
        std::this_thread::yield();
    }
}
