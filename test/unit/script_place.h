// SPDX-License-Identifier: MIT
// A game, who sends it and a store that takes it, for the tests of the store.
#pragma once

#include "nats/scripts/incoming_set.h"

#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <vector>

#include "script_files.h"

using fkvm::Digest;
using fkvm::digest_of;
using fkvm::IncomingSet;
using fkvm::ScriptSet;
using fkvm::ScriptSets;
using fkvm::ScriptStore;
using std::chrono::hours;
using std::chrono::seconds;

inline std::string content(int number) { return std::string(3000, 'x') + std::to_string(number); }

inline void write_game(const TestFolder &game) {
    for (int i = 0; i < 12; i++) game.write("packs/" + std::to_string(i) + ".lua", content(i));
    game.write("packs/deep/er/same.lua", content(3));
    game.write("empty.lua", "");
    game.write("main.lua", "return 'main'");
    game.link("packs/deep/link.lua", "../../main.lua");
}

// Sends what is missing, in pieces, but for the last `keep_back` files.
inline void send(ScriptSets &from, IncomingSet &to, size_t keep_back = 0) {
    for (size_t i = 0; i + keep_back < to.missing().size(); i++) {
        const IncomingSet::Missing &file = to.missing()[i];
        std::string bytes;
        while (to.taken(file.hash) < file.size) {
            assert_true(from.read(file.hash, to.taken(file.hash), 1024, &bytes));
            to.take(file.hash, to.taken(file.hash), bytes);
        }
    }
}

inline std::string fill(const ScriptStore &store, ScriptSets &from, const ScriptSet &set) {
    const auto incoming = store.begin(set.id, set.manifest);
    send(from, *incoming);
    assert_int_equal(incoming->bytes_missing(), 0);
    return incoming->finish();
}

inline size_t count_in(const std::string &folder, bool is_file = false) {
    size_t n = 0;
    for (const auto &entry : fs::recursive_directory_iterator(folder))
        n += !is_file || entry.is_regular_file();
    return n;
}

inline struct stat status_of(const std::string &path) {
    struct stat status;
    assert_int_equal(::lstat(path.c_str(), &status), 0);
    return status;
}

inline void age(const std::string &path, hours by) {
    const auto then = std::chrono::system_clock::now() - by;
    const timespec time{std::chrono::system_clock::to_time_t(then), 0};
    const timespec both[] = {time, time};
    assert_int_equal(::utimensat(AT_FDCWD, path.c_str(), both, AT_SYMLINK_NOFOLLOW), 0);
}

template <typename Function>
pid_t begin_child(Function what) {
    const pid_t child = ::fork();
    assert_true(child >= 0);
    if (child) return child;
    try {
        what();
    } catch (const std::exception &error) {
        ::dprintf(2, "%s\n", error.what());
        ::_exit(1);
    }
    ::_exit(0);
}

inline int end_of(pid_t child) { // its exit code, or 128 and a signal
    int status;
    assert_int_equal(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct Place {
    TestFolder game, kept;
    ScriptSets sets{an_hour_later};
    ScriptStore store{kept / "store"};

    Place() { write_game(game); }
    std::shared_ptr<const ScriptSet> now() { return sets.of(game.path()); }
};
