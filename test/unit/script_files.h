// SPDX-License-Identifier: MIT
// Folders of scripts for the tests of the room backends/nats/scripts.
#pragma once

#include "nats/scripts/script_sets.h"
#include "nats/scripts/scripts_error.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>

// Last: CMocka has macros with the names of functions.
#include "unit.h"

namespace fs = std::filesystem;

// A new folder in memory, where there is one: what the store syncs is no business of other tests.
class TestFolder {
  public:
    TestFolder() : TestFolder(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") {}
    explicit TestFolder(const std::string &where) : path_(where + "/fkvm-scripts-XXXXXX") {
        assert_non_null(::mkdtemp(path_.data()));
    }
    ~TestFolder() {
        std::error_code error;
        for (fs::recursive_directory_iterator at(path_, error), end; at != end; at.increment(error))
            if (at->is_directory() && !at->is_symlink())
                fs::permissions(*at, fs::perms::owner_all, error);
        fs::remove_all(path_, error);
    }
    TestFolder(const TestFolder &) = delete;

    const std::string &path() const { return path_; }
    std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

    void write(std::string_view name, std::string_view text) const {
        fs::create_directories(fs::path(*this / name).parent_path());
        std::ofstream file(*this / name, std::ios::binary | std::ios::trunc);
        file << text;
        assert_true(file.flush().good());
    }
    void link(std::string_view name, const std::string &target) const {
        fs::create_directories(fs::path(*this / name).parent_path());
        fs::create_symlink(target, *this / name);
    }

  private:
    std::string path_;
};

inline std::string text_of_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline int64_t file_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

// No file has changed just now, for who looks in an hour.
inline int64_t an_hour_later() { return file_clock() + int64_t{3600} * 1'000'000'000; }

// The sentence that `function` throws, which holds `part`.
template <typename Function>
std::string expect_error(std::string_view part, Function function) {
    try {
        function();
    } catch (const fkvm::ScriptsError &error) {
        const std::string said = error.what();
        if (said.find(part) == said.npos)
            fail_msg("wanted an error with '%.*s', got '%s'", static_cast<int>(part.size()),
                     part.data(), error.what());
        return said;
    }
    fail_msg("there was no error with '%.*s'", static_cast<int>(part.size()), part.data());
    return "";
}
