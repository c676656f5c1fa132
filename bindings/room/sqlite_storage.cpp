// SPDX-License-Identifier: MIT
// Storage in SQLite: one thread, which takes all that waits into one transaction.
#include <fk/room/storage.hpp>

#include "core.h"
#include "sqlite.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace fk::room {

namespace {

constexpr size_t most_at_once = 64; // queries of a transaction: what they read is in memory

constexpr const char *SCHEMA = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS saves (kind INTEGER, player INTEGER, name TEXT, text TEXT NOT NULL,
  PRIMARY KEY (kind, player, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS player_results (player INTEGER, mode TEXT, role TEXT, win INTEGER NOT NULL,
  lose INTEGER NOT NULL, draw INTEGER NOT NULL, PRIMARY KEY (player, mode, role)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS general_results (general TEXT, mode TEXT, role TEXT, win INTEGER NOT NULL,
  lose INTEGER NOT NULL, draw INTEGER NOT NULL, PRIMARY KEY (general, mode, role)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (player INTEGER, mode TEXT, count INTEGER NOT NULL,
  PRIMARY KEY (player, mode)) WITHOUT ROWID;
)";

// A data base with our tables, and all that is ever asked of them.
struct Tables {
    Tables(const std::string &path, uint64_t max_bytes) : database(path, SCHEMA, max_bytes) {}

    template <class... A>
    static void rates(Rates &rates, Statement &results, const A &...params) {
        if (const Statement::Row row = results(params...))
            rates = {row.integer(0), row.integer(1), row.integer(2), 0};
    }
    template <class Who>
    static void add(Statement &statement, const Who &who, const std::string &mode,
                    const std::string &role, Result result) {
        statement(who, mode, role, int{result == Result::Win}, int{result == Result::Lose},
                  int{result == Result::Draw});
    }

    Database database;
    Statement save{database, "REPLACE INTO saves VALUES (?1, ?2, ?3, ?4)"};
    Statement load{database,
                   "SELECT text FROM saves WHERE kind = ?1 AND player = ?2 AND name = ?3"};
    Statement add_player{
        database, "INSERT INTO player_results VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO "
                  "UPDATE SET win = win + ?4, lose = lose + ?5, draw = draw + ?6"};
    Statement add_general{
        database, "INSERT INTO general_results VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO "
                  "UPDATE SET win = win + ?4, lose = lose + ?5, draw = draw + ?6"};
    Statement add_run{
        database,
        "INSERT INTO runs VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET count = count + 1"};
    Statement of_player{database, "SELECT sum(win), sum(lose), sum(draw) FROM player_results WHERE "
                                  "player = ?1 AND mode = ?2"};
    Statement of_general{database, "SELECT sum(win), sum(lose), sum(draw) FROM general_results "
                                   "WHERE general = ?1 AND mode = ?2"};
    Statement runs_of{database, "SELECT count FROM runs WHERE player = ?1 AND mode = ?2"};
};

class SqliteStorage final : public Storage {
  public:
    SqliteStorage(const std::string &path, Log log, uint64_t max_bytes)
        : tables_(path, max_bytes), log_(std::move(log)) {
        const AllCores for_the_new_thread;
        thread_ = std::thread([this] { work(); });
    }
    ~SqliteStorage() override {
        push({});
        thread_.join();
    }

    void save(SaveKey key, std::string text, Saved done) override {
        push({[this, key = std::move(key), text = std::move(text)] {
                  tables_.save(int{key.kind}, key.player, key.name, text);
              },
              std::move(done), true});
    }
    void load(SaveKey key, Loaded done) override {
        const auto text = std::make_shared<std::string>("{}");
        push({[this, text, key = std::move(key)] {
                  if (const auto row = tables_.load(int{key.kind}, key.player, key.name))
                      *text = row.text(0);
              },
              [text, done](const std::string &problem) { done(std::move(*text), problem); }});
    }
    void add_player_result(int player, std::string mode, std::string role, Result result) override {
        push(
            {[=, this] { Tables::add(tables_.add_player, player, mode, role, result); }, {}, true});
    }
    void add_general_result(std::string general, std::string mode, std::string role,
                            Result result) override {
        push({[=, this] { Tables::add(tables_.add_general, general, mode, role, result); },
              {},
              true});
    }
    void add_run(int player, std::string mode) override {
        push({[=, this] { tables_.add_run(player, mode); }, {}, true});
    }
    void player_rates(int player, std::string mode, Counted done) override {
        count(
            [=, this](Rates &rates) {
                Tables::rates(rates, tables_.of_player, player, mode);
                if (const auto row = tables_.runs_of(player, mode)) rates.run = row.integer(0);
            },
            std::move(done));
    }
    void general_rates(std::string general, std::string mode, Counted done) override {
        count([=, this](Rates &rates) { Tables::rates(rates, tables_.of_general, general, mode); },
              std::move(done));
    }

  private:
    // done gets what work threw, or what went wrong when it was written.
    struct Query {
        std::function<void()> work;
        Saved done;
        bool writes = false;
        std::string problem = {};
    };

    void count(std::function<void(Rates &)> work, Counted done) {
        const auto rates = std::make_shared<Rates>();
        push({[rates, work = std::move(work)] { work(*rates); },
              [rates, done](const std::string &problem) { done(*rates, problem); }});
    }

    void push(Query query) {
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(std::move(query));
        }
        wake_.notify_one();
    }

    std::vector<Query> take() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return !queue_.empty(); });
        const auto end = queue_.begin() + static_cast<long>(std::min(queue_.size(), most_at_once));
        std::vector<Query> batch(std::make_move_iterator(queue_.begin()),
                                 std::make_move_iterator(end));
        queue_.erase(queue_.begin(), end);
        return batch;
    }

    // A query without work ends the thread.
    void work() {
        for (bool going = true; going;) {
            std::vector<Query> batch = take();
            if (!batch.back().work) {
                batch.pop_back();
                going = false;
            }
            perform(batch);
            report(batch);
            for (Query &query : batch)
                if (query.done) attempt([&] { query.done(query.problem); });
        }
    }

    // In one transaction; if that fails one by one, so that none takes another with it. False: the
    // data base takes nothing now.
    bool perform(std::span<Query> batch) {
        const std::string closed = attempt([&] { begin(batch); });
        const std::string problem = closed.empty() ? attempt([&] { run(batch); }) : closed;
        if (problem.empty()) return true;
        attempt([&] { tables_.database.run("ROLLBACK"); });
        bool open = closed.empty();
        for (Query &query : batch)
            if (!open || batch.size() == 1)
                query.problem = problem;
            else
                open = perform({&query, 1});
        return open;
    }

    // Who reads first and writes later in one transaction fails if another connection has written
    // meanwhile.
    void begin(std::span<Query> batch) {
        const bool writes = std::ranges::any_of(batch, &Query::writes);
        tables_.database.run(writes ? "BEGIN IMMEDIATE" : "BEGIN");
    }

    void run(std::span<Query> batch) {
        for (Query &query : batch) {
            query.problem = attempt(query.work);
            if (!tables_.database.in_transaction()) throw std::runtime_error(query.problem);
        }
        tables_.database.run("COMMIT");
    }

    // One record for all: a full disk concerns many.
    void report(std::span<const Query> batch) const {
        const auto lost = [](const Query &query) { return query.writes && !query.problem.empty(); };
        const auto first = std::ranges::find_if(batch, lost);
        if (first == batch.end() || !log_) return;
        const std::string text = std::to_string(std::ranges::count_if(batch, lost)) +
                                 " saves or results were not stored: " + first->problem;
        log_({FK_LEVEL_CRITICAL, text, 0, 0});
    }

    static std::string attempt(const std::function<void()> &work) {
        try {
            work();
            return "";
        } catch (const std::exception &problem) {
            return problem.what();
        }
    }

    Tables tables_;
    const Log log_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Query> queue_;
    std::thread thread_;
};

} // namespace

std::shared_ptr<Storage> open_sqlite(const std::string &path, Log log, uint64_t max_bytes) {
    constexpr uint64_t in_memory = 256 << 20;
    if (max_bytes == 0 && path == ":memory:") max_bytes = in_memory;
    return std::make_shared<SqliteStorage>(path, std::move(log), max_bytes);
}

} // namespace fk::room
