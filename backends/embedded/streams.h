// SPDX-License-Identifier: MIT
// The files that scripts hold open. Lua's own io library opens none of them: it would take the
// process's directory, and a script that loses a file would leave it open in the server.
#pragma once

#include <cstdio>
#include <lua.hpp>
#include <unordered_set>

namespace fkvm {

class OpenFiles {
  public:
    OpenFiles() = default;
    ~OpenFiles(); // closes what the state has not
    OpenFiles(const OpenFiles &) = delete;
    OpenFiles &operator=(const OpenFiles &) = delete;

    static constexpr size_t most =
        64; // below `trusted`: of the server's descriptors each VM has a few

    size_t count() const noexcept { return files_.size(); }
    void add(std::FILE *file);           // throws std::bad_alloc, and file is closed
    int close(std::FILE *file) noexcept; // as fclose()

  private:
    std::unordered_set<std::FILE *> files_;
};

// open_file(path [, mode]): a file of Lua's io library; or nil, a message and an errno.
int open_stream(lua_State *L);

} // namespace fkvm
