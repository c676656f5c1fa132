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

// Pushes a file of Lua's io library and returns 0; or pushes the reason and returns an errno. The
// mode is one of io.open's.
int push_file(lua_State *L, const char *path, const char *mode);

// Whether Lua's io.open takes it.
bool is_mode(const char *mode) noexcept;

} // namespace fkvm
