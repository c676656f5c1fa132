// SPDX-License-Identifier: MIT
// Values between Lua's stack and fk_value. Raw access only: no metamethod of a script ever runs
// here.
#pragma once

#include "base/arena.h"
#include "fk_vm.h"

#include <lua.hpp>
#include <string>

namespace fkvm {

// What goes wrong on the way out of Lua. `message` is "params[2].cards[5]: ..." in the arena.
enum class Crossing { Ok, BadValue, OutOfMemory };

// Converts the value at index. At the top level (among positional parameters) a string is a view
// into Lua, valid while the value stays on the stack; strings in tables are copied into the arena,
// because a nested call may change the table. Raises no Lua error. root names the place, e.g.
// "params[0]".
class FromLua {
  public:
    // A table that stands in several places crosses several times: max_values and max_message end
    // what would grow without end.
    FromLua(lua_State *L, Arena &arena, const fk_vm_options &options) noexcept
        : L_(L), arena_(arena), options_(options), values_left_(options.max_values),
          bytes_left_(options.max_message) {}

    Crossing value(int index, const char *root, int number, fk_value *out) noexcept;
    const char *message() const noexcept { return message_; }

  private:
    struct Place;
    Crossing convert(int index, const Place &place, int depth, fk_value *out) noexcept;
    Crossing table(int index, const Place &place, int depth, fk_value *out) noexcept;
    Crossing array(int index, size_t size, const Place &place, int depth, fk_value *out) noexcept;
    Crossing object(int index, size_t size, const Place &place, int depth, fk_value *out) noexcept;
    bool count(size_t values, size_t bytes, const Place &place, Crossing *outcome) noexcept;
    bool measure(int index, size_t *size, bool *is_array, const char **problem) noexcept;
    Crossing text(int index, const Place &place, int depth, fk_value *out) noexcept;
    Crossing refuse(const Place &place, const char *why) noexcept;
    Crossing refuse_more(const Place &place, uint32_t most, const char *what,
                         const char *option) noexcept;

    lua_State *L_;
    Arena &arena_;
    const fk_vm_options &options_;
    const char *root_ = "";
    int number_ = -1;
    size_t values_left_, bytes_left_; // of all that this object converts
    const char *message_ = "out of memory";
};

// Pushes value; at the top level null is nil, inside containers fk.null. Raises Lua's own errors
// (memory, stack), so no C++ object with a destructor may be alive in the frames around it.
void push_value(lua_State *L, const fk_value &value);

// The metatable that marks an empty table as an object, under this key in the registry.
extern const char object_mark;
// fk.null
inline void push_null(lua_State *L) { lua_pushlightuserdata(L, nullptr); }
inline bool is_null(lua_State *L, int index) {
    return lua_islightuserdata(L, index) && !lua_touserdata(L, index);
}

} // namespace fkvm
