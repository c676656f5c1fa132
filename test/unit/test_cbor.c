/* SPDX-License-Identifier: MIT */
/* fk.cbor: the vectors of RFC 8949 appendix A, annotated values, hooks, limits, and damaged input.
 * The bytes of freekill-core's module are compared in test/games/cbor_equal.lua. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int fk_open_cbor(lua_State *L);

/* show(value) writes a value the way RFC 8949 does, with keys sorted; strings as byte strings. */
static const char prelude[] =
    "function hex(s) return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end\n"
    "function raw(s) return (s:gsub('%x%x', function(h) return string.char(tonumber(h, 16)) end)) "
    "end\n"
    "function show(v)\n"
    "  if type(v) == 'string' then return '\"' .. v .. '\"' end\n"
    "  if type(v) == 'number' and math.type(v) == 'float' then\n"
    "    if v ~= v then return 'NaN' end\n"
    "    return ('%.17g'):format(v) end\n"
    "  if type(v) ~= 'table' then return tostring(v) end\n"
    "  local m = getmetatable(v)\n"
    "  if m and v.tag then return v.tag .. '(' .. show(v.value) .. ')' end\n"
    "  if m then return tostring(v) end\n"
    "  local out = {}\n"
    "  local n = 0; for _ in pairs(v) do n = n + 1 end\n"
    "  if n == #v then\n"
    "    for i, item in ipairs(v) do out[i] = show(item) end\n"
    "    return '[' .. table.concat(out, ', ') .. ']' end\n"
    "  for k, item in pairs(v) do out[#out + 1] = show(k) .. ': ' .. show(item) end\n"
    "  table.sort(out)\n"
    "  return '{' .. table.concat(out, ', ') .. '}'\n"
    "end\n"
    "function fails(text, f, ...)\n"
    "  local ok, message = pcall(f, ...)\n"
    "  assert(not ok, 'no error, but ' .. text .. ' was expected')\n"
    "  assert(tostring(message):find(text, 1, true), tostring(message) .. ' is not about: ' .. "
    "text)\n"
    "end\n"
    "function is(a, b) if a ~= b then error(tostring(a) .. ' is not ' .. tostring(b), 2) end end\n";

static void run(lua_State *L, const char *code) {
    if (luaL_dostring(L, code)) fail_msg("%s", lua_tostring(L, -1));
    lua_settop(L, 0);
}

static int setup(void **state) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    luaL_requiref(L, "cbor", fk_open_cbor, 1);
    run(L, prelude);
    *state = L;
    return 0;
}

static int teardown(void **state) {
    lua_close(*state);
    return 0;
}

struct vector {
    const char *hex, *shown;
};

/* In the order of the appendix. Where the module is known to differ from the RFC's diagnostic
 * notation: integers wrap at 64 bits, a float without a fraction becomes an integer if it fits,
 * bignums stay tags, undefined and null have names. */
static const struct vector vectors[] = {
    {"00", "0"},
    {"01", "1"},
    {"0a", "10"},
    {"17", "23"},
    {"1818", "24"},
    {"1819", "25"},
    {"1864", "100"},
    {"1903e8", "1000"},
    {"1a000f4240", "1000000"},
    {"1b000000e8d4a51000", "1000000000000"},
    {"1bffffffffffffffff", "-1"},
    {"c249010000000000000000", "2(\"\1\0\0\0\0\0\0\0\0\")"},
    {"3bffffffffffffffff", "0"},
    {"c349010000000000000000", "3(\"\1\0\0\0\0\0\0\0\0\")"},
    {"20", "-1"},
    {"29", "-10"},
    {"3863", "-100"},
    {"3903e7", "-1000"},
    {"f90000", "0"},
    {"f98000", "0"},
    {"f93c00", "1"},
    {"fb3ff199999999999a", "1.1000000000000001"},
    {"f93e00", "1.5"},
    {"f97bff", "65504"},
    {"fa47c35000", "100000"},
    {"fa7f7fffff", "3.4028234663852886e+38"},
    {"fb7e37e43c8800759c", "1.0000000000000001e+300"},
    {"f90001", "5.9604644775390625e-08"},
    {"f90400", "6.103515625e-05"},
    {"f9c400", "-4"},
    {"fbc010666666666666", "-4.0999999999999996"},
    {"f97c00", "inf"},
    {"f97e00", "NaN"},
    {"f9fc00", "-inf"},
    {"fa7f800000", "inf"},
    {"fa7fc00000", "NaN"},
    {"faff800000", "-inf"},
    {"fb7ff0000000000000", "inf"},
    {"fb7ff8000000000000", "NaN"},
    {"fbfff0000000000000", "-inf"},
    {"f4", "false"},
    {"f5", "true"},
    {"f6", "null"},
    {"f7", "undefined"},
    {"f0", "simple(16)"},
    {"f8ff", "simple(255)"},
    {"c074323031332d30332d32315432303a30343a30305a", "0(\"2013-03-21T20:04:00Z\")"},
    {"c11a514b67b0", "1(1363896240)"},
    {"c1fb41d452d9ec200000", "1(1363896240.5)"},
    {"d74401020304", "23(\"\1\2\3\4\")"},
    {"d818456449455446", "24(\"dIETF\")"},
    {"d82076687474703a2f2f7777772e6578616d706c652e636f6d", "32(\"http://www.example.com\")"},
    {"40", "\"\""},
    {"4401020304", "\"\1\2\3\4\""},
    {"60", "\"\""},
    {"6161", "\"a\""},
    {"6449455446", "\"IETF\""},
    {"62225c", "\"\"\\\""},
    {"62c3bc", "\"\303\274\""},
    {"63e6b0b4", "\"\346\260\264\""},
    {"64f0908591", "\"\360\220\205\221\""},
    {"80", "[]"},
    {"83010203", "[1, 2, 3]"},
    {"8301820203820405", "[1, [2, 3], [4, 5]]"},
    {"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
     "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]"},
    {"a0", "[]"},
    {"a201020304", "{1: 2, 3: 4}"},
    {"a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}"},
    {"826161a161626163", "[\"a\", {\"b\": \"c\"}]"},
    {"a56161614161626142616361436164614461656145",
     "{\"a\": \"A\", \"b\": \"B\", \"c\": \"C\", \"d\": \"D\", \"e\": \"E\"}"},
    {"5f42010243030405ff", "\"\1\2\3\4\5\""},
    {"7f657374726561646d696e67ff", "\"streaming\""},
    {"9fff", "[]"},
    {"9f018202039f0405ffff", "[1, [2, 3], [4, 5]]"},
    {"9f01820203820405ff", "[1, [2, 3], [4, 5]]"},
    {"83018202039f0405ff", "[1, [2, 3], [4, 5]]"},
    {"83019f0203ff820405", "[1, [2, 3], [4, 5]]"},
    {"9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
     "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]"},
    {"bf61610161629f0203ffff", "{\"a\": 1, \"b\": [2, 3]}"},
    {"826161bf61626163ff", "[\"a\", {\"b\": \"c\"}]"},
    {"bf6346756ef563416d7421ff", "{\"Amt\": -2, \"Fun\": true}"}};

static void rfc_vectors_decode(void **state) {
    lua_State *L = *state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        lua_getglobal(L, "show");
        lua_pushfstring(L, "return cbor.decode(raw '%s')", vectors[i].hex);
        if (luaL_dostring(L, lua_tostring(L, -1)))
            fail_msg("%s: %s", vectors[i].hex, lua_tostring(L, -1));
        lua_remove(L, -2);
        lua_call(L, 1, 1);
        const char *shown = lua_tostring(L, -1);
        /* two of them hold NUL: compared up to it */
        if (strcmp(shown, vectors[i].shown) != 0)
            fail_msg("%s is decoded to %s, not to %s", vectors[i].hex, shown, vectors[i].shown);
        lua_settop(L, 0);
    }
}

static void values_encode(void **state) {
    static const struct vector encodings[] = {{"00", "0"},
                                              {"17", "23"},
                                              {"1818", "24"},
                                              {"18ff", "255"},
                                              {"190100", "256"},
                                              {"19ffff", "65535"},
                                              {"1a00010000", "65536"},
                                              {"1affffffff", "4294967295"},
                                              {"1b0000000100000000", "4294967296"},
                                              {"1b7fffffffffffffff", "math.maxinteger"},
                                              {"3b7fffffffffffffff", "math.mininteger"},
                                              {"20", "-1"},
                                              {"3863", "-100"},
                                              {"fb3ff199999999999a", "1.1"},
                                              {"fb3ff0000000000000", "1.0"},
                                              {"fb8000000000000000", "-0.0"},
                                              {"fb7ff0000000000000", "math.huge"},
                                              {"fbfff0000000000000", "-math.huge"},
                                              {"f4", "false"},
                                              {"f5", "true"},
                                              {"f6", "nil"},
                                              {"f6", "cbor.null"},
                                              {"f7", "cbor.undefined"},
                                              {"f0", "cbor.simple(16)"},
                                              {"f8ff", "cbor.simple(255)"},
                                              {"40", "''"},
                                              {"4449455446", "'IETF'"},
                                              {"80", "{}"},
                                              {"83010203", "{1, 2, 3}"},
                                              {"8301820203820405", "{1, {2, 3}, {4, 5}}"},
                                              {"a10241ff", "{[2] = '\\xff'}"},
                                              {"a1416102", "{a = 2}"},
                                              {"a1f502", "{[true] = 2}"},
                                              {"a1810102", "{[{1}] = 2}"},
                                              {"c11a514b67b0", "cbor.tagged(1, 1363896240)"},
                                              {"d820820102", "cbor.tagged(32, {1, 2})"},
                                              {"c101", "cbor.tagged(1.0, 1)"},
                                              {"a201028101820304", "M"}};
    lua_State *L = *state;
    run(L, "M = setmetatable({}, {__tocbor = function() return raw 'a201028101820304' end})");
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        lua_pushfstring(L, "return hex(cbor.encode(%s))", encodings[i].shown);
        if (luaL_dostring(L, lua_tostring(L, -1)))
            fail_msg("%s: %s", encodings[i].shown, lua_tostring(L, -1));
        if (strcmp(lua_tostring(L, -1), encodings[i].hex) != 0)
            fail_msg("%s is encoded to %s, not to %s", encodings[i].shown, lua_tostring(L, -1),
                     encodings[i].hex);
        lua_settop(L, 0);
    }
}

static void arrays_and_maps(void **state) {
    run(*state,
        "local t = {}; for i = 1, 300 do t[i] = i end\n"
        "is(hex(cbor.encode(t):sub(1, 3)), '99012c'); is(show(cbor.decode(cbor.encode(t))), "
        "show(t))\n"
        "t.x = {y = t[1]}; local b = cbor.encode(t); is(hex(b:sub(1, 3)), 'b9012d')\n"
        "local back = cbor.decode(b); is(back[300], 300); is(back.x.y, 1)\n"
        "for n = 0, 70 do local m = {}; for i = 1, n do m['k' .. i] = {i} end\n"
        "  local d = cbor.decode(cbor.encode(m)); for k, v in pairs(m) do is(d[k][1], v[1]) end "
        "end\n"
        "is(#cbor.encode(('x'):rep(100000)), 100005)\n"
        "local deep = {}; for i = 1, 127 do deep = {deep} end\n"
        "is(cbor.encode(deep), ('\\x81'):rep(127) .. '\\x80'); cbor.decode(cbor.encode(deep))\n");
}

/* A hook is called once for each object, also where a table turns out to be no array only after
 * it. */
static void hooks(void **state) {
    run(*state,
        "local calls = 0\n"
        "local class = {}; class.__index = class\n"
        "function class:__tocbor(options) calls = calls + 1\n"
        "  return cbor.encode(cbor.tagged(90, {self.id}), options) end\n"
        "local function new(id) return setmetatable({id = id}, class) end\n"
        "is(hex(cbor.encode(new(5))), 'd85a8105')\n"
        "is(hex(cbor.encode {new(1), {new(2)}}), '82d85a810181d85a8102'); is(calls, 3)\n"
        "local b = cbor.encode {new(1), new(2), x = new(3)}; is(calls, 6); is(b:byte(), 0xa3)\n"
        "local back = cbor.decode(b, {[90] = function(v) return new(v[1]) end})\n"
        "is(back[2].id, 2); is(back.x.id, 3); is(getmetatable(back.x), class)\n"
        "is(cbor.encode({new(1)}, {[class] = function(o) return '\\7' end}), '\\x81\\7')\n"
        "cbor.tagged_decoders[90] = function(v) return v[1], 'second' end\n"
        "is(select('#', cbor.decode(raw 'd85a8105')), 2); is(cbor.decode(raw '81d85a8105')[1], 5)\n"
        "is(cbor.encode(io.stdout, {[getmetatable(io.stdout)] = function() return 'file' end}), "
        "'file')\n"
        "is(hex(cbor.encode {[new(1)] = new(2)}), 'a1d85a8101d85a8102')\n"
        "class.__tocbor = cbor.type_encoders.map; is(hex(cbor.encode(new(1))), 'a142696401')\n"
        "class.__tocbor = false; is(hex(cbor.encode(new(1))), 'a142696401')\n"
        "local ordered = setmetatable({b = 1, a = 2}, {__tocbor = "
        "cbor.type_encoders.ordered_map})\n"
        "is(hex(cbor.encode(ordered)), 'a2416102416201')\n"
        "is(hex(cbor.encode(setmetatable({}, {__tocbor = cbor.type_encoders.array}))), '80')\n"
        "is(hex(cbor.encode(setmetatable({}, {__tocbor = cbor.type_encoders.map}))), 'a0')\n"
        "local seen = setmetatable({}, {__pairs = function() return next, {7, 8} end, __len = "
        "function() return 2 end})\n"
        "is(hex(cbor.encode(seen)), '820708')\n");
}

static void type_encoders_can_be_changed(void **state) {
    run(*state, "cbor.type_encoders.string = cbor.type_encoders.utf8string\n"
                "is(hex(cbor.encode {a = {'b'}}), 'a161618' .. '16162')\n"
                "cbor.type_encoders['function'] = function() return '\\xf7' end\n"
                "is(hex(cbor.encode {print, 1, 2.5}), '83f701fb4004000000000000')\n"
                "cbor.type_decoders[0] = function(fh, low) return 'n' .. low end\n"
                "is(show(cbor.decode(raw '820105')), '[\"n1\", \"n5\"]')\n"
                "local names = {}; for k in pairs(cbor.type_encoders) do names[#names + 1] = k "
                "end; is(#names, 15)\n");
}

/* Each can be called alone, with what it stands for, and gives what encode gives. */
static void encoders_alone(void **state) {
    run(*state,
        "local e = cbor.type_encoders\n"
        "is(hex(e.boolean(true)), 'f5'); is(hex(e.boolean(false)), 'f4'); is(hex(e['nil'](nil)), "
        "'f6')\n"
        "is(hex(e.utf8string('\\u{e9}')), '62c3a9'); is(hex(e.bytestring('\\u{e9}')), '42c3a9')\n"
        "is(hex(e.array {1, 2, nil, 4}), hex(cbor.encode {1, 2})); is(hex(e.map {a = 1}), "
        "hex(cbor.encode {a = 1}))\n"
        "is(hex(e.map {5}), 'a10105'); is(hex(e.number(2.5)), hex(cbor.encode(2.5))); "
        "is(hex(e.integer(-1)), '20')\n"
        "is(hex(e.ordered_map {'b', 'a', a = 1, b = 2}), 'a2416202416101')\n"
        "fails(\"can't encode function\", e['function'], print)\n"
        "local tagged, simple = cbor.tagged(5, 'x'), cbor.simple(99)\n"
        "is(tostring(tagged), '5(x)'); is(tostring(simple), 'simple(99)'); "
        "is(tostring(cbor.simple(99, 'its name')), 'its name')\n"
        "local m = debug.getmetatable(tagged); is(hex(m.__tocbor(tagged)), "
        "hex(cbor.encode(tagged)))\n"
        "m = debug.getmetatable(simple); is(hex(m.__tocbor(simple)), hex(cbor.encode(simple)))\n");
}

static void handles(void **state) {
    run(*state, "local parts = {'\\x82', '\\x45he', 'll', 'o\\x01'}\n"
                "local at = 1\n"
                "local function more(n, fh) at = at + 1; return parts[at] end\n"
                "is(show(cbor.decode(parts[1], more)), '[\"hello\", 1]')\n"
                "at = 1; is(show(cbor.decode(parts[1], {more = function(n, fh) at = at + 1; "
                "fh:write(parts[at]) end})), '[\"hello\", 1]')\n"
                "local f = io.tmpfile(); f:write(cbor.encode {1, 'two', {x = 3.5}}, cbor.encode "
                "'next'); f:seek 'set'\n"
                "is(show(cbor.decode_file(f)), '[1, \"two\", {\"x\": 3.5}]'); "
                "is(cbor.decode_file(f), 'next')\n"
                "fails('input too short', cbor.decode_file, f)\n"
                "local long = cbor.encode(('x'):rep(5000)); at = 0\n"
                "is(#cbor.decode('', function(n) at = at + 100; return long:sub(at - 99, at) end), "
                "5000)\n");
}

static void errors(void **state) {
    run(*state,
        "fails(\"can't encode function\", cbor.encode, print)\n"
        "fails(\"can't encode function\", cbor.encode, {a = {print}})\n"
        "fails(\"can't encode userdata\", cbor.encode, {io.stdout})\n"
        "fails(\"can't encode thread\", cbor.encode, coroutine.create(print))\n"
        "local cycle = {}; cycle[1] = cycle; fails('deeper than 128', cbor.encode, cycle)\n"
        "local tags = 1; for i = 1, 200 do tags = cbor.tagged(1, tags) end; fails('deeper than "
        "128', cbor.encode, tags)\n"
        "fails('a nil', cbor.encode, {setmetatable({}, {__tocbor = function() end})})\n"
        "fails('from a hook', cbor.encode, {setmetatable({}, {__tocbor = function() error 'from a "
        "hook' end})})\n"
        "local again = setmetatable({}, {__tocbor = function(self) return cbor.encode {self} "
        "end})\n"
        "fails('overflow', cbor.encode, again)\n"
        "fails('input too short', cbor.decode, ''); fails('input too short', cbor.decode, "
        "'\\x45abcd')\n"
        "fails('input too short', cbor.decode, '\\x9b\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xff')\n"
        "fails('63 bits', cbor.decode, '\\x5b\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff')\n"
        "fails('invalid length', cbor.decode, '\\x1c'); fails('deeper than 128', cbor.decode, "
        "('\\x81'):rep(200))\n"
        "fails('index is nil', cbor.decode, raw 'a1c001f6', {[0] = function() end})\n"
        "fails(\"'concat'\", cbor.decode, '\\x5f\\x80\\xff')\n"
        "fails('function or table expected', cbor.decode, '', 5); fails('string expected', "
        "cbor.decode)\n"
        "fails('0..255 expected', cbor.simple, 256); fails('positive integer expected', "
        "cbor.tagged, -1, 1)\n"
        "fails('table expected', cbor.type_encoders.map, 5)\n");
}

/* Whatever the bytes are: a value or an error, and the value can be encoded or refused for its
 * depth. */
static void damaged_input(void **state) {
    run(*state,
        "local good = cbor.encode {1, -300, 2.5, 'text', {a = 1, b = {true, cbor.null}}, "
        "cbor.tagged(6, {1}), ('y'):rep(300)}\n"
        "for n = 0, #good - 1 do assert(not pcall(cbor.decode, good:sub(1, n)), n) end\n"
        "math.randomseed(3); local ok_count = 0\n"
        "for round = 1, 100000 do\n"
        "  local bytes = good:sub(1, math.random(#good))\n"
        "  for i = 1, math.random(4) do local at = math.random(#bytes)\n"
        "    bytes = bytes:sub(1, at - 1) .. string.char(math.random(0, 255)) .. bytes:sub(at + 1) "
        "end\n"
        "  local ok, value = pcall(cbor.decode, bytes)\n"
        "  if ok then ok_count = ok_count + 1; assert(cbor.encode(value)) end\n"
        "  assert(ok == pcall(cbor.decode, bytes, {more = function() error 'no more' end}))\n"
        "end\n"
        "assert(ok_count > 1000 and ok_count < 99000, ok_count)\n");
}

static void *limited(void *limit, void *block, size_t old, size_t size) {
    size_t *left = limit;
    if (!block) old = 0;
    if (size > old && size - old > *left) return NULL;
    void *moved = size ? realloc(block, size) : (free(block), NULL);
    if (moved || !size) *left += old - size;
    return moved;
}

static int encode_much(lua_State *L) {
    luaL_openlibs(L);
    luaL_requiref(L, "cbor", fk_open_cbor, 1);
    (void)!luaL_dostring(
        L, "local t = {}; for i = 1, 5000 do t[i] = 'some text' end\n"
           "local s = cbor.encode(t); return #s == 50003 and cbor.decode(s)[5000] == 'some text'");
    return lua_toboolean(L, -1) ? 0 : luaL_error(L, "%s", lua_tostring(L, -1));
}

static void memory_runs_out_at_any_place(void **state) {
    (void)state;
    int failed = 0;
    for (size_t kib = 8; kib < 2048; kib += 1) {
        size_t left = kib * 1024;
        lua_State *L = lua_newstate(limited, &left);
        if (!L) continue;
        lua_pushcfunction(L, encode_much);
        const int status = lua_pcall(L, 0, 0, 0);
        lua_close(L);
        assert_int_equal(left, kib * 1024);
        if (status == LUA_OK) break;
        failed++;
        assert_true(kib < 2047);
    }
    assert_true(failed > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rfc_vectors_decode, setup, teardown),
        cmocka_unit_test_setup_teardown(values_encode, setup, teardown),
        cmocka_unit_test_setup_teardown(arrays_and_maps, setup, teardown),
        cmocka_unit_test_setup_teardown(hooks, setup, teardown),
        cmocka_unit_test_setup_teardown(type_encoders_can_be_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(encoders_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(handles, setup, teardown),
        cmocka_unit_test_setup_teardown(errors, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_input, setup, teardown),
        cmocka_unit_test(memory_runs_out_at_any_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
