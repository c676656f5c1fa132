// SPDX-License-Identifier: MIT
// SQLite as this library needs it: a data base that throws, and statements that are prepared once.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fk::room {

class Database {
  public:
    // max_bytes 0: no limit.
    Database(const std::string &path, const char *schema, uint64_t max_bytes);
    void run(const char *sql);
    sqlite3 *get() const { return handle_.get(); }
    bool in_transaction() const { return !sqlite3_get_autocommit(get()); }

    // Throws what SQLite says of its latest error.
    [[noreturn]] void fail() const;

  private:
    struct Close {
        void operator()(sqlite3 *handle) const { sqlite3_close(handle); }
    };
    void limit();

    const std::string path_;
    const uint64_t max_bytes_;
    std::unique_ptr<sqlite3, Close> handle_;
};

// One SQL statement with parameters ?1, ?2 ...; not for two threads at once.
class Statement {
  public:
    Statement(const Database &database, const char *sql);

    // What a run has found. While it lives the statement keeps its snapshot of the data base, and
    // nothing can be committed.
    class Row {
      public:
        Row(sqlite3_stmt *handle, bool there) : handle_(handle), there_(there) {}
        ~Row() { sqlite3_reset(handle_); }
        Row(const Row &) = delete;
        Row &operator=(const Row &) = delete;
        explicit operator bool() const { return there_; }
        std::string text(int column) const;
        int integer(int column) const { return sqlite3_column_int(handle_, column); }

      private:
        sqlite3_stmt *const handle_;
        const bool there_;
    };

    template <class... A>
    Row operator()(const A &...params) {
        int index = 0;
        (bind(++index, params), ...);
        return {handle_.get(), step()};
    }

  private:
    struct Finalize {
        void operator()(sqlite3_stmt *handle) const { sqlite3_finalize(handle); }
    };
    void bind(int index, int value);
    void bind(int index, std::string_view text);
    bool step(); // true: there is a row
    void check(int status);

    const Database &database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

} // namespace fk::room
