// SPDX-License-Identifier: MIT
// What scripts have as io.stdin, io.stdout and io.stderr: files of Lua's io library like all others,
// but what is written goes to the server as output, and the input is at its end.
#pragma once

#include "fk_vm.h"

#include <array>
#include <cstdio>
#include <lua.hpp>

namespace fkvm {

class Runtime;

class StandardStreams {
  public:
    explicit StandardStreams(const Runtime &runtime) noexcept;
    ~StandardStreams();
    StandardStreams(const StandardStreams &) = delete;
    StandardStreams &operator=(const StandardStreams &) = delete;

    // Takes the place of the process's own in the state's library io. Raises Lua errors.
    void take_over(lua_State *L);

    // Whether the file is one of them. They have no buffer: output stays in order with messages.
    bool holds(const std::FILE *file) const noexcept;

    // For where files cannot hand it on themselves. False: it is none of ours to write to.
    bool takes(const std::FILE *file) const noexcept;
    void take(const std::FILE *file, const char *text, size_t size) noexcept;

  private:
    struct Stream {
        const Runtime *runtime;
        fk_level level;
        std::FILE *file;
    };
    static std::FILE *open(Stream *stream, const char *mode) noexcept;
    static long write(void *stream, const char *text, size_t size) noexcept;

    // With Lua's library io on top of the stack.
    static void replace_methods(lua_State *L);

    std::array<Stream, 3> streams_; // as they are numbered: input, output, errors
};

} // namespace fkvm
