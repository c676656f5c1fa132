// SPDX-License-Identifier: MIT
// SQLite: errors become exceptions that name the file.
#include "sqlite.h"

#include <algorithm>

namespace fk::room {

Database::Database(const std::string &path, const char *schema, uint64_t max_bytes)
    : path_(path), max_bytes_(max_bytes) {
    sqlite3 *handle = nullptr;
    const int status = sqlite3_open(path.c_str(), &handle);
    handle_.reset(handle);
    if (status != SQLITE_OK) fail();
    sqlite3_busy_timeout(handle, 5000);
    run(schema);
    if (max_bytes_) limit();
}

void Database::limit() {
    Statement page_size(*this, "PRAGMA page_size");
    const auto pages = max_bytes_ / static_cast<uint64_t>(page_size().integer(0));
    run(("PRAGMA max_page_count = " + std::to_string(std::max<uint64_t>(pages, 1))).c_str());
}

void Database::run(const char *sql) {
    if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void Database::fail() const {
    std::string problem = "data base " + path_ + ": " + sqlite3_errmsg(get());
    if (max_bytes_ && sqlite3_errcode(get()) == SQLITE_FULL)
        problem +=
            "; it may hold " + std::to_string(max_bytes_) + " bytes (max_bytes of open_sqlite)";
    throw std::runtime_error(problem);
}

Statement::Statement(const Database &database, const char *sql) : database_(database) {
    sqlite3_stmt *handle = nullptr;
    if (sqlite3_prepare_v3(database.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr) !=
        SQLITE_OK)
        database.fail();
    handle_.reset(handle);
}

// A statement that failed stays as it stopped until it is reset.
void Statement::check(int status) {
    if (status == SQLITE_OK || status == SQLITE_ROW || status == SQLITE_DONE) return;
    const Row stopped(handle_.get(), false);
    database_.fail();
}

void Statement::bind(int index, int value) { check(sqlite3_bind_int(handle_.get(), index, value)); }

void Statement::bind(int index, std::string_view text) {
    check(sqlite3_bind_text64(handle_.get(), index, text.empty() ? "" : text.data(), text.size(),
                              SQLITE_STATIC, SQLITE_UTF8));
}

bool Statement::step() {
    const int status = sqlite3_step(handle_.get());
    check(status);
    return status == SQLITE_ROW;
}

std::string Statement::Row::text(int column) const {
    const void *const bytes = sqlite3_column_blob(handle_, column);
    const int size = sqlite3_column_bytes(handle_, column);
    return {static_cast<const char *>(bytes), bytes ? static_cast<size_t>(size) : 0};
}

} // namespace fk::room
