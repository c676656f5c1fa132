/* SPDX-License-Identifier: MIT */
/* The inside of fk.cbor: CBOR (RFC 8949) between bytes and Lua values, with the interface, the
 * bytes and the leniencies of the Lua module server.rpc.cbor. All structs are trivial: a Lua error
 * may leave at any time. */
#pragma once

#include "fk_vm.h"
#include "output.h"

#include <cstddef>
#include <cstdint>
#include <lua.hpp>

namespace fkvm::cbor {

enum Major : uint8_t {
    Unsigned = 0,
    Negative = 1,
    Bytes = 2,
    Text = 3,
    Array = 4,
    Map = 5,
    Tag = 6,
    Simple = 7
};

// The upvalues that every function of the module shares.
enum Upvalue {
    up_module = 1, // userdata: Module
    up_encoders,   // what type_encoders shows: functions by the name of a type
    up_decoders,   // what type_decoders shows: functions by major type
    up_tagged_decoders,
    up_simple_meta,
    up_tagged_meta,
    up_null,
    up_undefined,
    up_break,
    up_tocbor, // from here on strings, held for their speed
    up_metatable,
    up_tag,
    up_value,
    up_sort,   // the function table.sort
    up_concat, // table.concat
    up_count = up_concat
};

struct Module {
    bool own_encoders; // a script assigned to type_encoders: all values go through that table
    bool own_decoders;
};

inline void push_upvalue(lua_State *L, Upvalue which) { lua_pushvalue(L, lua_upvalueindex(which)); }
inline const Module &module_of(lua_State *L) {
    return *static_cast<const Module *>(lua_touserdata(L, lua_upvalueindex(up_module)));
}

struct Encoder {
    lua_State *L;
    int options; // index of the caller's options
    int depth;
    bool own_encoders;
    OutputBytes out;
};

void begin(Encoder &e, lua_State *L, int options); // pushes the output's slot
void put(Encoder &e, const char *bytes, size_t size);
void put_head(Encoder &e, Major major, uint64_t number);
void put_string_at(Encoder &e, int index,
                   const char *whose); // a string or number as it is; pops nothing
int finish(Encoder &e);                // pushes the bytes; 1
void enter(Encoder &e);                // one level deeper; leave with e.depth--

void encode_value(Encoder &e);                       // the value on the top, which stays
void encode_table(Encoder &e);                       // likewise, without asking for hooks
bool encode_scalar(Encoder &e, int index, int type); // false: not a scalar, nothing is written
void encode_pairs_as_map(Encoder &e, int table);     // key, then value, by __pairs or next
int iterate(lua_State *L, int table);       // pushes what pairs() gives; the index of the first
bool next_pair(lua_State *L, int iterator); // pushes key and value; false: nothing left or pushed
void close_head(Encoder &e, size_t head, Major major,
                uint64_t count); // into the byte kept at `head`
int encode_outermost(lua_State *L,
                     bool may_dispatch); // (value, options): results as those of a tail call

// Where a decoder reads: memory, or a handle with read(self, n).
struct Decoder {
    lua_State *L;
    const char *at, *end;
    int handle;  // index, 0: memory
    int options; // index, 0: none
    int depth;
    bool own_decoders;
};

int decode_value(Decoder &d,
                 int results); // pushes one value; with LUA_MULTRET what a hook returned
int decode_major(Decoder &d, Major major, int minor, int results);
void push_handle(lua_State *L, int text, int more, int options); // what decode gives to `more`

int tagged_to_cbor(lua_State *L);
int simple_to_cbor(lua_State *L);
void push_simple(lua_State *L, lua_Integer value);
void push_tagged(lua_State *L, lua_Integer tag); // the value on the top, annotated
int new_simple(lua_State *L);
int new_tagged(lua_State *L);

int encode(lua_State *L);
int decode(lua_State *L);
int decode_file(lua_State *L);
extern const luaL_Reg type_encoders[];
int type_decoder(
    lua_State *L); // one function for all major types: the major type is its last upvalue

} // namespace fkvm::cbor
