// SPDX-License-Identifier: MIT
// Why a room ended, in words for its players and for the log.
#pragma once

#include <fk/error.hpp>

#include <string>
#include <string_view>

namespace fk::freekill {

// The package that the innermost function of a traceback belongs to, the core last: packages stand
// in the folder packages/NAME, as their chunks are named. Empty: none is named.
inline std::string guilty_package(std::string_view traceback) {
    constexpr std::string_view folder = "packages/", core = "freekill-core";
    std::string guilty;
    for (size_t at = 0; (at = traceback.find(folder, at)) != traceback.npos;) {
        at += folder.size();
        const std::string_view name = traceback.substr(at, traceback.find('/', at) - at);
        if (name.empty() || name.find_first_of(" :\n'\"") != name.npos) continue;
        if (name != core) return std::string(name);
        guilty = core;
    }
    return guilty;
}

class RoomFailure {
  public:
    explicit RoomFailure(const Error &error)
        : error_(error), package_(guilty_package(error.what() + ('\n' + error.traceback()))) {}

    const Error &error() const { return error_; }           // for the log, with traceback
    const std::string &package() const { return package_; } // empty: unknown

    // One line for the room's players.
    std::string text() const {
        const std::string_view what = error_.what();
        const std::string who = package_.empty() ? "" : " because of the package " + package_;
        return "The game was ended" + who + ": " + std::string(what.substr(0, what.find('\n')));
    }

  private:
    Error error_;
    std::string package_;
};

} // namespace fk::freekill
