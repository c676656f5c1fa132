// SPDX-License-Identifier: MIT
// Calls into Lua, as seen from inside the protected call: nothing here has a destructor.
#include "call.h"

#include "base/clock.h"
#include "convert.h"
#include "library.h"
#include "runtime.h"

#include <algorithm>
#include <cstring>

namespace fkvm {

namespace {

const char *keep_text(Arena &arena, const char *text, size_t size) {
    size = std::min(size, longest_message);
    char *kept = arena.array<char>(size + 1);
    if (!kept) return "out of memory";
    std::memcpy(kept, text, size);
    kept[size] = '\0';
    std::replace(kept, kept + size, '\0', ' '); // messages are C strings
    return kept;
}

// Pushes name = value for the pair on top of the stack; runs no metamethod.
void push_field(lua_State *L, const char *separator) {
    const auto text = [L](int index) {
        const int type = lua_type(L, index);
        if (type == LUA_TBOOLEAN) return lua_toboolean(L, index) ? "true" : "false";
        if (type != LUA_TSTRING && type != LUA_TNUMBER) return lua_typename(L, type);
        lua_pushvalue(L, index); // turned into text, which lua_next() must not find
        return lua_tostring(L, -1);
    };
    luaL_checkstack(L, 8, "for an error object");
    const int pair = lua_gettop(L) - 1;
    const char *quote = lua_type(L, pair + 1) == LUA_TSTRING ? "\"" : "";
    const char *name = text(pair), *value = text(pair + 1);
    lua_pushfstring(L, "%s%s = %s%s%s", separator, name, quote, value, quote);
    lua_insert(L, pair + 2);
    lua_settop(L, pair + 2);
}

// Pushes what can be said of the table at 1.
void push_fields(lua_State *L) {
    constexpr int most = 8;
    lua_pushliteral(L, "an error object that is a table: ");
    int count = 0;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        if (++count > most) {
            lua_pop(L, 2);
            lua_pushliteral(L, ", ...");
            return lua_concat(L, 2);
        }
        push_field(L, count > 1 ? ", " : ""); // text, key, value, field
        lua_rotate(L, -3, 1);                 // text, field, key, value
        lua_pop(L, 1);
        lua_insert(L, -3); // key, text, field
        lua_concat(L, 2);
        lua_insert(L, -2); // text, key
    }
}

const char *describe(lua_State *L, Arena &arena) {
    size_t size;
    if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
        const char *text = lua_tolstring(L, 1, &size);
        return keep_text(arena, text, size);
    }
    if (luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        if (lua_pcall(L, 1, 1, 0) == LUA_OK && lua_type(L, -1) == LUA_TSTRING) {
            const char *text = lua_tolstring(L, -1, &size);
            return keep_text(arena, text, size);
        }
        return "an error object whose __tostring failed";
    }
    if (lua_istable(L, 1))
        push_fields(L);
    else
        lua_pushfstring(L, "an error object that is no text but a %s value", luaL_typename(L, 1));
    const char *text = lua_tolstring(L, -1, &size);
    return keep_text(arena, text, size);
}

void push_params(lua_State *L, const fk_value *params, int *count) {
    *count = 0;
    if (!params || params->kind == FK_NULL) return;
    if (params->kind == FK_OBJECT) {
        push_value(L, *params);
        *count = 1;
        return;
    }
    constexpr uint32_t there = LUA_MINSTACK / 2; // of what every C function has
    if (params->size > there)
        luaL_checkstack(L, static_cast<int>(std::min<uint32_t>(params->size, INT32_MAX / 2)),
                        "too many parameters");
    for (uint32_t i = 0; i < params->size; i++) push_value(L, params->items[i]);
    *count = static_cast<int>(params->size);
}

// Pushes the function that answers to name: the runtime's own first, then a global. False: none.
bool push_function(lua_State *L, const char *name) {
    const auto push_from = [&](int table) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, table);
        lua_pushstring(L, name);
        return lua_rawget(L, -2) == LUA_TFUNCTION;
    };
    const Runtime &runtime = Runtime::of(L);
    return (runtime.answer_names.may_have(name) && push_from(runtime.answers)) ||
           push_from(LUA_RIDX_GLOBALS);
}

// options.globals. The server's own: they may take the place of what Lua brings along.
void add_globals(lua_State *L, const fk_value *globals) {
    if (!globals || globals->kind != FK_OBJECT) return;
    luaL_checkstack(L, 3, nullptr);
    lua_pushglobaltable(L);
    for (uint32_t i = 0; i < globals->size; i++) {
        const fk_member &member = globals->members[i];
        lua_pushlstring(L, member.name.string, member.name.size);
        push_value(L, member.value);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

} // namespace

int keep_error(lua_State *L) {
    CallData *data = Runtime::of(L).current();
    if (!data) return 1;
    LuaMemory::of(L).reserve(true);
    if (data->message)
        data->arena->rewind(data->before_message); // an error while closing: the last one counts
    data->before_message = data->arena->mark();
    data->message = describe(L, *data->arena);
    Traceback &traceback = Runtime::of(L).traceback();
    if (const char *ending = traceback.of_caught_ending(L)) {
        data->traceback = keep_text(*data->arena, ending, std::strlen(ending));
        return 1;
    }
    luaL_traceback(L, L, traceback.of(L, 1), 1);
    size_t size;
    const char *text = lua_tolstring(L, -1, &size);
    data->traceback = keep_text(*data->arena, text, size);
    lua_settop(L, 1); // the error itself: `load` gives it to the script
    return 1;
}

int call_method(lua_State *L) {
    CallData *const data = Runtime::of(L).current();
    Runtime::of(L).collector().look(L);
    if (!push_function(L, data->method)) {
        data->status = FK_NO_METHOD;
        return 0;
    }
    int count;
    push_params(L, data->params, &count);
    lua_call(L, count, 1);
    FromLua from(L, *data->arena, Runtime::of(L).options());
    const Crossing outcome = from.value(-1, "result", -1, &data->result);
    if (outcome == Crossing::Ok) return 1; // stays on the stack, for its strings
    data->status = outcome == Crossing::BadValue ? FK_BAD_VALUE : FK_NO_MEMORY;
    data->message = from.message();
    return 0;
}

int load_script(lua_State *L) {
    CallData *const data = Runtime::of(L).current();
    install_library(L);
    add_globals(L, Runtime::of(L).globals());
    if (!load_file(L, data->method)) return lua_error(L);
    lua_call(L, 0, 0);
    Runtime::of(L).collector().seal(L, Runtime::of(L).loaded_files() != nullptr);
    return 0;
}

int collect_garbage(lua_State *L) {
    if (Runtime::of(L).collector().step(L)) Runtime::of(L).current()->result = FK_BOOL(1);
    return 0;
}

int start_script(lua_State *L) {
    open_hooks(L);
    return 0;
}

int start_copied_script(lua_State *L) {
    renew(L);
    return start_script(L);
}

} // namespace fkvm
