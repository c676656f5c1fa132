// SPDX-License-Identifier: MIT
// fk::room::Storage - where saves and results of games are kept; SQLite unless the server has its
// own.
#pragma once

#include <fk/room/types.hpp>

namespace fk::room {

struct SaveKey {
    enum Kind {
        Mode,   // a player's save of one game mode
        Global, // a player's (or, player 0, the server's) save under a key of the script
    };
    Kind kind;
    int player;
    std::string name; // the mode, or the key
};

enum class Result { None = 0, Win = 1, Lose = 2, Draw = 3 }; // as scripts count them

struct Rates {
    int win = 0, lose = 0, draw = 0, run = 0;
    int total() const { return win + lose + draw; }
};

// Functions may be called from any thread, do not block, and happen in the order of the calls.
// Callbacks run once each, on any thread; problem is "" or a sentence. A function that takes no
// callback reports its problem to the log. The destructor waits until all is stored. What is not
// stored is one record of the log for all that failed together.
class Storage {
  public:
    using Saved = std::function<void(const std::string &problem)>;
    using Loaded = std::function<void(std::string text, const std::string &problem)>;
    using Counted = std::function<void(Rates rates, const std::string &problem)>;

    virtual ~Storage() = default;

    virtual void save(SaveKey key, std::string text, Saved done) = 0;
    virtual void load(SaveKey key, Loaded done) = 0; // "{}" if nothing was saved

    // One game more for a player, or for a general, in this mode and role.
    virtual void add_player_result(int player, std::string mode, std::string role,
                                   Result result) = 0;
    virtual void add_general_result(std::string general, std::string mode, std::string role,
                                    Result result) = 0;
    virtual void add_run(int player, std::string mode) = 0; // ran away from a game

    // All roles together.
    virtual void player_rates(int player, std::string mode, Counted done) = 0;
    virtual void general_rates(std::string general, std::string mode, Counted done) = 0;
};

// A data base in a file, which is made if it is missing (":memory:": none), with a thread of its
// own. What would make it larger than max_bytes is not stored; 0 stands for 256 MiB in memory, and
// for no limit in a file. Throws std::runtime_error with a sentence that names the file.
FK_API std::shared_ptr<Storage> open_sqlite(const std::string &path, Log log = {},
                                            uint64_t max_bytes = 0);

} // namespace fk::room
