// SPDX-License-Identifier: MIT
// Names and ids in SQLite.
#include "accounts.h"

#include <sqlite3.h>

#include <stdexcept>

namespace server {

namespace {

constexpr int busy_timeout = 2000; // ms that another connection to the file may take

constexpr char schema[] = "CREATE TABLE IF NOT EXISTS accounts"
                          " (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE)";
// An update that changes nothing makes RETURNING tell the id of a known name too.
constexpr char look[] = "SELECT 1 FROM accounts WHERE name = ?1";
constexpr char lookup[] = "INSERT INTO accounts (name) VALUES (?1)"
                          " ON CONFLICT (name) DO UPDATE SET name = name RETURNING id";

} // namespace

void Accounts::Finalize::operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }

void Accounts::Close::operator()(sqlite3 *db) const { sqlite3_close(db); }

Accounts::Accounts(const std::string &path) : path_(path) {
    sqlite3 *db = nullptr;
    const int opened = sqlite3_open(path.c_str(), &db);
    db_.reset(db);
    if (opened != SQLITE_OK) fail("cannot be opened");
    sqlite3_busy_timeout(db, busy_timeout);
    if (sqlite3_exec(db, schema, nullptr, nullptr, nullptr) != SQLITE_OK) fail("cannot be used");
}

// Throws unless it has run; then the statement is at a row, or at its end.
Accounts::Statement Accounts::run(const char *sql, const std::string &name) {
    sqlite3_stmt *made = nullptr;
    sqlite3_prepare_v2(db_.get(), sql, -1, &made, nullptr);
    Statement statement(made);
    const int size = static_cast<int>(name.size());
    const bool bound =
        made && sqlite3_bind_text(made, 1, name.data(), size, SQLITE_STATIC) == SQLITE_OK;
    const int stepped = bound ? sqlite3_step(made) : SQLITE_ERROR;
    if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) fail("cannot be asked for a name");
    return statement;
}

bool Accounts::has(const std::string &name) {
    const Statement statement = run(look, name);
    return sqlite3_data_count(statement.get()) > 0;
}

int Accounts::id_of(const std::string &name) {
    const Statement statement = run(lookup, name);
    sqlite3_stmt *const made = statement.get();
    const int id = sqlite3_column_int(made, 0);
    if (sqlite3_step(made) != SQLITE_DONE) fail("cannot store a name");
    return id;
}

void Accounts::fail(const std::string &what) const {
    throw std::runtime_error("the data base " + path_ + " " + what + ": " +
                             (db_ ? sqlite3_errmsg(db_.get()) : "out of memory") +
                             ". Choose another with --database");
}

} // namespace server
