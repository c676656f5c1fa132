// SPDX-License-Identifier: MIT
// SQLite as this library needs it: a data base that throws, and statements that are prepared once.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fk::room {

class Database {
  public:
    Database(const std::string &path, const char *schema);
    void run(const char *sql);
    sqlite3 *get() const { return handle_.get(); }

    // Throws what SQLite says of its latest error.
    [[noreturn]] void fail() const;

  private:
    struct Close {
        void operator()(sqlite3 *handle) const { sqlite3_close(handle); }
    };
    const std::string path_;
    std::unique_ptr<sqlite3, Close> handle_;
};

// One SQL statement with parameters ?1, ?2 ...; not for two threads at once.
class Statement {
  public:
    Statement(const Database &database, const char *sql);

    // Runs it. True: there is a row, whose columns can be read until the next run.
    template <class... A>
    bool operator()(const A &...params) {
        sqlite3_reset(handle_.get());
        int index = 0;
        (bind(++index, params), ...);
        return step();
    }
    std::string text(int column) const;
    int integer(int column) const { return sqlite3_column_int(handle_.get(), column); }

  private:
    struct Finalize {
        void operator()(sqlite3_stmt *handle) const { sqlite3_finalize(handle); }
    };
    void bind(int index, int value);
    void bind(int index, std::string_view text);
    bool step();

    const Database &database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

} // namespace fk::room
