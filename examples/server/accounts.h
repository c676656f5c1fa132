// SPDX-License-Identifier: MIT
// Who is who: the same name has the same id for ever, so that saves and results find their player.
#pragma once

#include <memory>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace server {

class Accounts {
  public:
    // In the table `accounts` of the data base at path, which is made if it is missing. Throws
    // std::runtime_error with a sentence that names the file, as id_of() does.
    explicit Accounts(const std::string &path);

    bool has(const std::string &name);

    // Of a name that was seen before, or a new one; above 0.
    int id_of(const std::string &name);

  private:
    struct Close {
        void operator()(sqlite3 *db) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt *statement) const;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
    Statement run(const char *sql, const std::string &name);
    [[noreturn]] void fail(const std::string &what) const;

    const std::string path_;
    std::unique_ptr<sqlite3, Close> db_;
};

} // namespace server
