// SPDX-License-Identifier: MIT
#include "library.h"

#include "base/environment.h"
#include "base/random_bytes.h"
#include "base/stack.h"
#include "call.h"
#include "convert.h"
#include "coroutines.h"
#include "finalizers.h"
#include "io_library.h"
#include "lua_own.h"
#include "modules.h"
#include "runtime.h"
#include "runtime_lua.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>

namespace fkvm {
namespace {

const char library_key = 0;

size_t c_stack_left() { return this_stack().left; }

int host_call(lua_State *L) {
    size_t size;
    const char *method = luaL_checklstring(L, 1, &size);
    return Runtime::of(L).dispatch(L, method, size, 2, false);
}

int host_notify(lua_State *L) {
    size_t size;
    const char *method = luaL_checklstring(L, 1, &size);
    return Runtime::of(L).dispatch(L, method, size, 2, true);
}

// What notifier() makes: upvalues are method, key, the number of parameters (0: as they come),
// which of them is text.
int notify_by_key(lua_State *L) {
    const auto count = static_cast<int>(lua_tointeger(L, lua_upvalueindex(3)));
    const auto text = static_cast<int>(lua_tointeger(L, lua_upvalueindex(4)));
    if (count) lua_settop(L, count);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_gettable(L, 1);
    lua_replace(L, 1);
    if (text && lua_type(L, text) != LUA_TSTRING) {
        luaL_tolstring(L, text, nullptr);
        lua_replace(L, text);
    }
    size_t size;
    const char *method = lua_tolstring(L, lua_upvalueindex(1), &size);
    return Runtime::of(L).dispatch(L, method, size, 1, true);
}

int notifier(lua_State *L) {
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    for (const int number : {3, 4}) luaL_optinteger(L, number, 0);
    lua_settop(L, 4);
    lua_pushcclosure(L, notify_by_key, 4);
    return 1;
}

int output(lua_State *L) {
    const auto level = static_cast<fk_level>(luaL_checkinteger(L, 1));
    size_t size;
    const char *text = luaL_checklstring(L, 2, &size);
    const Runtime &runtime = Runtime::of(L);
    runtime.host().output(runtime.vm(), level, text, size);
    return 0;
}

int microseconds(lua_State *L) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    lua_pushinteger(L, std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    return 1;
}

// The entry "name=value" of a list; NULL: there is none.
const char *entry_of(const char *const *list, const char *name) {
    const size_t size = std::strlen(name);
    for (; list && *list; list++)
        if (std::strncmp(*list, name, size) == 0 && (*list)[size] == '=') return *list + size + 1;
    return nullptr;
}

// native.environment(name): the VM's own before the server's. Set-user-id programs see none of the
// latter.
int environment_of_vm(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    const char *own = entry_of(Runtime::of(L).options().environment, name);
    lua_pushstring(L, own ? own : environment(name));
    return 1;
}

// os.getenv at the level trusted.
int get_variable(lua_State *L) {
    const char *own = entry_of(Runtime::of(L).options().environment, luaL_checkstring(L, 1));
    if (!own) return call_own(L);
    lua_pushstring(L, own);
    return 1;
}

void add_environment(lua_State *L) {
    lua_getglobal(L, LUA_OSLIBNAME);
    replace_own(L, -1, "getenv", get_variable);
    lua_pop(L, 1);
}

// Reads again which names the library answers to: native.answers has grown.
int learn_answers(lua_State *L) {
    Runtime &runtime = Runtime::of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, runtime.answers);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        runtime.answer_names.add(lua_tostring(L, -2));
    return 0;
}

int null_text(lua_State *L) {
    void *const pointer = lua_touserdata(L, 1);
    if (pointer) return lua_pushfstring(L, "userdata: %p", pointer), 1; // as Lua names others
    lua_pushliteral(L, "null");
    return 1;
}

void set_integer(lua_State *L, const char *name, lua_Integer value) {
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

// The marker of empty objects, and the metatable that all light userdata share, for
// tostring(fk.null).
void add_values(lua_State *L) {
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &object_mark);
    lua_setfield(L, -2, "object_mark");
    push_null(L);
    lua_newtable(L);
    lua_pushcfunction(L, null_text);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "null");
}

void push_native(lua_State *L) {
    const luaL_Reg functions[] = {{"call", host_call},
                                  {"notify", host_notify},
                                  {"notifier", notifier},
                                  {"output", output},
                                  {"microseconds", microseconds},
                                  {"environment", environment_of_vm},
                                  {"learn_answers", learn_answers},
                                  {nullptr, nullptr}};
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    add_values(L);
    add_process_functions(L);
    set_integer(L, "PRINT", FK_LEVEL_PRINT);
    set_integer(L, "DEBUG", FK_LEVEL_DEBUG);
    set_integer(L, "INFO", FK_LEVEL_INFO);
    set_integer(L, "WARNING", FK_LEVEL_WARNING);
    set_integer(L, "CRITICAL", FK_LEVEL_CRITICAL);
    lua_pushboolean(L, Runtime::of(L).restricted());
    lua_setfield(L, -2, "restricted");
}

// Asks the processor what it can, 20 us on a virtual machine.
lua_Integer other_random_bits() noexcept {
    try {
        const auto source =
            std::make_unique<std::random_device>(); // of 5 kB: pages of stack would be a copy's own
        return static_cast<lua_Integer>(uint64_t{(*source)()} << 32 | (*source)());
    } catch (...) { // no source: the clock, as Lua itself seeds
        return std::chrono::steady_clock::now().time_since_epoch().count();
    }
}

// Where they are to be had, from the system itself.
lua_Integer random_bits() noexcept {
    lua_Integer bits;
    return random_bytes(&bits, sizeof bits) ? bits : other_random_bits();
}

// Runs a Lua text of the library with (native, fk); leaves its result.
void run_text(lua_State *L, const LuaSource &source) {
    char chunk[64];
    std::snprintf(chunk, sizeof chunk, "=fkvm/%s.lua", source.name);
    if (luaL_loadbufferx(L, source.text, source.size, chunk, "t") != LUA_OK) lua_error(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &library_key);
    lua_getfield(L, -1, "native");
    lua_getfield(L, -2, "fk");
    lua_remove(L, -3);
    lua_call(L, 2, 1);
}

void run_part(lua_State *L, const char *name) {
    for (const LuaSource *part = lua_parts; part->name; part++)
        if (std::strcmp(part->name, name) == 0) return run_text(L, *part);
    luaL_error(L, "the library's part %s is missing", name);
}

// The opener of a module that is Lua text.
int open_text(lua_State *L) {
    run_text(L, *static_cast<const LuaSource *>(lua_touserdata(L, lua_upvalueindex(1))));
    return 1;
}

// Pushes the opener of a module of the library; false: there is none of that name.
bool push_opener(lua_State *L, const char *name) {
    if (push_module_opener(L, name)) return true;
    for (const LuaSource *module = lua_text_modules; module->name; module++) {
        if (std::strcmp(module->name, name) != 0) continue;
        lua_pushlightuserdata(L, const_cast<LuaSource *>(module));
        lua_pushcclosure(L, open_text, 1);
        return true;
    }
    return false;
}

// Calls visit(name) for every module of the library.
template <class Visit>
void each_module(Visit visit) {
    for (const char *const *name = module_names; *name; name++) visit(*name);
    for (const LuaSource *module = lua_text_modules; module->name; module++) visit(module->name);
}

// Every module of the library answers require by its own name.
void add_modules(lua_State *L) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    each_module([&](const char *name) {
        push_opener(L, name);
        lua_setfield(L, -2, name);
    });
    lua_pop(L, 1);
}

int refuse_preload(lua_State *L, const char *entry) {
    luaL_Buffer list;
    luaL_buffinit(L, &list);
    const char *before = "";
    each_module([&](const char *name) {
        luaL_addstring(&list, before);
        luaL_addstring(&list, name);
        before = ", ";
    });
    luaL_pushresult(&list);
    return luaL_error(L, "the preload entry '%s' names no built-in module; there are: %s", entry,
                      lua_tostring(L, -1));
}

// package.preload["name"] gives the built-in module: entries are "name=module".
void add_preload(lua_State *L, const char *const *list) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (; list && *list; list++) {
        const char *equals = std::strchr(*list, '=');
        if (!equals || equals == *list)
            luaL_error(L, "the preload entry '%s' is not of the form name=module", *list);
        lua_pushlstring(L, *list, static_cast<size_t>(equals - *list));
        if (!push_opener(L, equals + 1)) refuse_preload(L, *list);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

} // namespace

void install_library(lua_State *L) {
    LuaMemory::of(L).prepare_close(L);
    if (is_privileged()) { // else Lua takes LUA_PATH and LUA_CPATH from the caller
        lua_pushboolean(L, true);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    luaL_openlibs(L);
    lua_pushlightuserdata(L, reinterpret_cast<void *>(&c_stack_left));
    lua_setfield(L, LUA_REGISTRYINDEX, "fk.c_stack_left"); // bindings/lua/c_stack.h
    add_coroutines(L);
    add_finalizers(L);
    Runtime::of(L).collector().install(L);
    add_io(L);
    add_files(L);
    add_loading(L);
    add_searchers(L);
    add_environment(L);
    Runtime::of(L).warnings().take_over(L);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &library_key);
    push_native(L);
    lua_setfield(L, -2, "native");
    run_part(L, "fk");
    lua_pushvalue(L, -1);
    lua_setglobal(L, "fk");
    lua_setfield(L, -2, "fk");
    lua_getfield(L, -1, "native");
    lua_getfield(L, -1, "answers");
    Runtime::of(L).answers = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pop(L, 1);
    for (const char *part : {"sandbox", "methods"}) {
        run_part(L, part);
        lua_pop(L, 1);
    }
    learn_answers(L);
    lua_settop(L, 0);
    add_modules(L);
    add_preload(L, Runtime::of(L).options().preload);
}

void renew(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &library_key);
    lua_getfield(L, -1, "native");
    lua_getfield(L, -1, "renew");
    lua_pushinteger(L, random_bits());
    lua_pushinteger(L, random_bits());
    lua_call(L, 2, 0);
    lua_pop(L, 2);
}

void open_hooks(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &library_key);
    lua_getfield(L, -1, "native");
    lua_getfield(L, -1, "open");
    lua_call(L, 0, 0);
}

} // namespace fkvm
