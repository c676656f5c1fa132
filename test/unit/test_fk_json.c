/* SPDX-License-Identifier: MIT */
/* fk.json: texts and values, leniencies, errors with their place, limits. What rxi's json.lua makes
 * of the same is compared in test/games/json_equal.lua. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int fk_open_json(lua_State *L);

static void run(const char *code) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    luaL_requiref(L, "json", fk_open_json, 1);
    static const char prelude[] =
        "function fails(text, f, ...)\n"
        "  local ok, message = pcall(f, ...)\n"
        "  assert(not ok, 'no error, but ' .. text .. ' was expected')\n"
        "  assert(message == text, tostring(message) .. ' is not: ' .. text)\n"
        "end\n"
        "function is(a, b) if a ~= b or math.type(a) ~= math.type(b) then error(tostring(a) .. ' "
        "is not ' .. tostring(b), 2) end end\n";
    if (luaL_dostring(L, prelude) || luaL_dostring(L, code)) fail_msg("%s", lua_tostring(L, -1));
    lua_close(L);
}

static void encodes(void **state) {
    (void)state;
    run("local e = json.encode\n"
        "is(e(nil), 'null') is(e(true), 'true') is(e(false), 'false') is(e(7), '7') is(e(-0.5), "
        "'-0.5') is(e(3.0), '3')\n"
        "is(e(1e300), '1e+300') is(e(math.maxinteger), '9.2233720368548e+18') is(e(1/3), "
        "'0.33333333333333')\n"
        "is(e '', '\"\"') is(e '\\0\\1\\31\\127\\xff/', "
        "'\"\\\\u0000\\\\u0001\\\\u001f\\127\\xff/\"')\n"
        "is(e '\"\\\\\\b\\f\\n\\r\\t', [[\"\\\"\\\\\\b\\f\\n\\r\\t\"]])\n"
        "is(e {}, '[]') is(e {1, {2}, {a = {}}}, '[1,[2],{\"a\":[]}]') is(e {['k\"'] = 'v'}, "
        "[[{\"k\\\"\":\"v\"}]])\n"
        "is(e(setmetatable({}, {__index = {1}})), '[1]') is(e(('\\n'):rep(9000)), '\"' .. "
        "('\\\\n'):rep(9000) .. '\"')\n"
        "is(e(setmetatable({1, 2}, {__pairs = function(t) return next, t end})), '[1,2]')\n"
        "is(e(setmetatable({x = 1}, {__pairs = function() return next, {y = 2} end})), "
        "'{\"y\":2}')\n");
}

static void refuses(void **state) {
    (void)state;
    run("local e = json.encode\n"
        "fails('invalid table: mixed or invalid key types', e, {1, a = 2})\n"
        "fails('invalid table: mixed or invalid key types', e, {[2] = 1})\n"
        "fails('invalid table: mixed or invalid key types', e, {[true] = 1})\n"
        "fails('invalid table: sparse array', e, {1, nil, nil, 4})\n"
        "fails('unexpected number value \\'inf\\'', e, 1/0)\n"
        "fails('unexpected type \\'function\\'', e, {print})\n"
        "local t = {} t.t = t fails('circular reference', e, t)\n"
        "local same = {1} is(e {same, same}, '[[1],[1]]')\n"
        "local deep = {} for _ = 1, 499 do deep = {deep} end e(deep)\n"
        "fails('tables nest deeper than 500', e, {deep})\n"
        "fails('values nest deeper than 500', json.decode, ('['):rep(501))\n"
        "json.decode(('['):rep(500) .. (']'):rep(500))\n");
}

static void decodes(void **state) {
    (void)state;
    run("local d = json.decode\n"
        "is(d ' null ', nil) is(d 'true', true) is(d '-5', -5) is(d '1.50', 1.5) is(d '1e2', "
        "100.0) is(d '0x10', 16) is(d '007', 7)\n"
        "is(d '12345678901234567890', 12345678901234567890) is(d '-0', 0) is(d '9007199254740993', "
        "9007199254740993)\n"
        "is(d '\"a\\xffb\"', 'a\\xffb') is(d [[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]], "
        "'\"\\\\/\\b\\f\\n\\r\\t')\n"
        "is(d [[\"\\u0041\\u00e9\\u4e2d\\ud83d\\ude00\"]], 'A\\u{e9}\\u{4e2d}\\u{1f600}') is(d "
        "[[\"\\ud83d\"]], '\\xed\\xa0\\xbd')\n"
        "local t = d '\\t[ 1 , [ ] , {\"a\" : null , \"b\" : [null, 2,] , \"b\":3,} ]\\r\\n'\n"
        "is(#t, 3) is(t[1], 1) is(next(t[2]), nil) is(t[3].a, nil) is(t[3].b, 3)\n"
        "is(d '[null,2]'[2], 2)\n"
        "is(json._version, '0.1.2')\n");
}

static void names_the_place(void **state) {
    (void)state;
    run("local d = json.decode\n"
        "fails('expected argument of type string, got number', d, 1)\n"
        "fails('unexpected character \\'\\' at line 1 col 1', d, '')\n"
        "fails('unexpected character \\'x\\' at line 3 col 2', d, '[\\n1,\\n x]')\n"
        "fails('unexpected character \\'\\0\\' at line 1 col 1', d, '\\0')\n"
        "fails('trailing garbage at line 1 col 3', d, '1 1')\n"
        "fails('invalid literal \\'nul\\' at line 1 col 1', d, 'nul')\n"
        "fails('invalid number \\'1..2\\' at line 1 col 2', d, '[1..2]')\n"
        "fails('invalid number \\'1\\0\\' at line 1 col 1', d, '1\\0')\n"
        "fails('expected closing quote for string at line 1 col 2', d, '[\"a')\n"
        "fails('control character in string at line 1 col 3', d, '\"a\\nb\"')\n"
        "fails('invalid escape char \\'x\\' in string at line 1 col 2', d, '\"\\\\x\"')\n"
        "fails('invalid unicode escape in string at line 1 col 2', d, '\"\\\\u12\"')\n"
        "fails('expected string for key at line 1 col 2', d, '{a:1}')\n"
        "fails('expected \\':\\' after key at line 1 col 6', d, '{\"a\" 1}')\n"
        "fails('expected \\']\\' or \\',\\' at line 1 col 5', d, '[1 2]')\n"
        "fails('expected \\'}\\' or \\',\\' at line 1 col 8', d, '{\"a\":1]')\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(encodes), cmocka_unit_test(refuses),
                                       cmocka_unit_test(decodes),
                                       cmocka_unit_test(names_the_place)};
    return cmocka_run_group_tests_name("fk.json", tests, NULL, NULL);
}
