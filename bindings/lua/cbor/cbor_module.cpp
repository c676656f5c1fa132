// SPDX-License-Identifier: MIT
// The module fk.cbor: its table, the constructors of annotated values, and what all its functions
// share.
#include "cbor.h"
#include "facilities.h"

#include <initializer_list>

namespace fkvm::cbor {
namespace {

int simple_text(lua_State *L) {
    lua_getfield(L, 1, "name");
    if (lua_toboolean(L, -1)) return 1;
    lua_getfield(L, 1, "value");
    lua_pushfstring(L, "simple(%s)", luaL_tolstring(L, -1, nullptr));
    return 1;
}

int tagged_text(lua_State *L) {
    lua_getfield(L, 1, "tag");
    lua_getfield(L, 1, "value");
    const char *tag = luaL_tolstring(L, -2, nullptr);
    const char *value = luaL_tolstring(L, -2, nullptr);
    lua_pushfstring(L, "%s(%s)", tag, value);
    return 1;
}

// value -> annotated value
void annotate(lua_State *L, Upvalue meta, lua_Integer tag) {
    lua_createtable(L, 0, 2);
    push_upvalue(L, up_tag);
    lua_pushinteger(L, tag);
    lua_rawset(L, -3);
    push_upvalue(L, up_value);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_remove(L, -2);
    push_upvalue(L, meta);
    lua_setmetatable(L, -2);
}

// An assignment to type_encoders or type_decoders: kept, and from now on obeyed.
int assign(lua_State *L) {
    auto *module = static_cast<Module *>(lua_touserdata(L, lua_upvalueindex(1)));
    (lua_toboolean(L, lua_upvalueindex(3)) ? module->own_encoders : module->own_decoders) = true;
    lua_settop(L, 3);
    lua_rawset(L, lua_upvalueindex(2));
    return 0;
}

int pairs(lua_State *L) {
    lua_getglobal(L, "next");
    lua_pushvalue(L, lua_upvalueindex(1));
    return 2;
}

// An empty table through which scripts see the table at `shown`, so that assignments are noticed.
void push_window(lua_State *L, int module, int shown, bool encoders) {
    lua_newtable(L);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, shown);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, module);
    lua_pushvalue(L, shown);
    lua_pushboolean(L, encoders);
    lua_pushcclosure(L, assign, 3);
    lua_setfield(L, -2, "__newindex");
    lua_pushvalue(L, shown);
    lua_pushcclosure(L, pairs, 1);
    lua_setfield(L, -2, "__pairs");
    lua_setmetatable(L, -2);
}

// Pushes simple values before the module's functions exist.
void push_named(lua_State *L, int meta, lua_Integer value, const char *name, const char *bytes) {
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, value);
    lua_setfield(L, -2, "value");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, bytes);
    lua_setfield(L, -2, "cbor");
    lua_pushvalue(L, meta);
    lua_setmetatable(L, -2);
}

void push_library_function(lua_State *L, const char *name) {
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 0);
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
}

// Pushes all upvalues in their order.
void push_shared(lua_State *L) {
    const int first = lua_gettop(L);
    *static_cast<Module *>(lua_newuserdatauv(L, sizeof(Module), 0)) = {false, false};
    for (int i = up_encoders; i <= up_tagged_meta; i++) lua_newtable(L);
    push_named(L, first + up_simple_meta, 22, "null", nullptr);
    push_named(L, first + up_simple_meta, 23, "undefined", nullptr);
    push_named(L, first + up_simple_meta, 31, "break", "\xff");
    for (const char *name : {"__tocbor", "__metatable", "tag", "value"}) lua_pushstring(L, name);
    push_library_function(L, "sort");
    push_library_function(L, "concat");
}

void set_functions(lua_State *L, int shared, int table, const luaL_Reg *functions) {
    lua_pushvalue(L, table);
    for (int i = 1; i <= up_count; i++) lua_pushvalue(L, shared + i);
    luaL_setfuncs(L, functions, up_count);
    lua_pop(L, 1);
}

void fill_shared(lua_State *L, int shared) {
    const luaL_Reg simple_methods[] = {
        {"__tostring", simple_text}, {"__tocbor", simple_to_cbor}, {nullptr, nullptr}};
    const luaL_Reg tagged_methods[] = {
        {"__tostring", tagged_text}, {"__tocbor", tagged_to_cbor}, {nullptr, nullptr}};
    set_functions(L, shared, shared + up_encoders, type_encoders);
    set_functions(L, shared, shared + up_simple_meta, simple_methods);
    set_functions(L, shared, shared + up_tagged_meta, tagged_methods);
    for (int major = Unsigned; major <= Simple; major++) {
        for (int i = 1; i <= up_count; i++) lua_pushvalue(L, shared + i);
        lua_pushinteger(L, major);
        lua_pushcclosure(L, type_decoder, up_count + 1);
        lua_rawseti(L, shared + up_decoders, major);
    }
}

} // namespace

void push_tagged(lua_State *L, lua_Integer tag) {
    if (tag < 0) luaL_error(L, "bad argument #1 to 'tagged' (positive integer expected)");
    annotate(L, up_tagged_meta, tag);
}

void push_simple(lua_State *L, lua_Integer value) {
    lua_createtable(L, 0, 1);
    push_upvalue(L, up_value);
    lua_pushinteger(L, value);
    lua_rawset(L, -3);
    push_upvalue(L, up_simple_meta);
    lua_setmetatable(L, -2);
}

// tagged(tag, value)
int new_tagged(lua_State *L) {
    luaL_argexpected(L, lua_type(L, 1) == LUA_TNUMBER && lua_tonumber(L, 1) >= 0, 1,
                     "positive integer");
    lua_settop(L, 2);
    const lua_Integer tag = luaL_checkinteger(L, 1);
    push_tagged(L, tag);
    return 1;
}

// simple(value, name, bytes)
int new_simple(lua_State *L) {
    const lua_Integer value = luaL_checkinteger(L, 1);
    luaL_argexpected(L, value >= 0 && value <= 255, 1, "integer in range 0..255");
    lua_settop(L, 3);
    push_simple(L, value);
    lua_pushvalue(L, 2);
    lua_setfield(L, 4, "name");
    lua_pushvalue(L, 3);
    lua_setfield(L, 4, "cbor");
    return 1;
}

} // namespace fkvm::cbor

extern "C" int fk_open_cbor(lua_State *L) {
    using namespace fkvm::cbor;
    const int shared = lua_gettop(L);
    luaL_checkstack(L, 3 * up_count, "for fk.cbor");
    push_shared(L);
    fill_shared(L, shared);
    const luaL_Reg functions[] = {{"encode", encode},           {"decode", decode},
                                  {"decode_file", decode_file}, {"simple", new_simple},
                                  {"tagged", new_tagged},       {nullptr, nullptr}};
    lua_newtable(L);
    const int module = lua_gettop(L);
    set_functions(L, shared, module, functions);
    push_window(L, shared + up_module, shared + up_encoders, true);
    lua_setfield(L, module, "type_encoders");
    push_window(L, shared + up_module, shared + up_decoders, false);
    lua_setfield(L, module, "type_decoders");
    const struct {
        const char *name;
        Upvalue value;
    } values[] = {
        {"tagged_decoders", up_tagged_decoders}, {"null", up_null}, {"undefined", up_undefined}};
    for (const auto &[name, value] : values) {
        lua_pushvalue(L, shared + value);
        lua_setfield(L, module, name);
    }
    return 1;
}
