-- SPDX-License-Identifier: MIT
-- Values that scripts make themselves, good and bad, by name.

function echo(...) return ... end
function relay(...) return fk.call("echo", ...) end
function echo_table(t) return t.value end
function relay_table(t) return fk.call("echo", t) end

local made = {}
function made.empty() return {} end
function made.empty_object() return fk.object {} end
function made.object() return fk.object { a = 1 } end
function made.list() return { 1, "two", false } end
function made.list_with_null() return { fk.null, 2, fk.null } end
function made.null() return fk.null end
function made.float() return 3.0 end
function made.float_keys() return { [1.0] = "a", [2.0] = "b" } end
function made.min() return math.mininteger end
function made.max() return math.maxinteger end
function made.bytes() return "\0\xff\xfe\0" end
function made.dollar() return { ["$bytes"] = "AA==" } end
function made.shared() local t = { 1 } return { t, t } end
function made.deep() local t = {} for _ = 2, 128 do t = { t } end return t end
function made.raw_length() return setmetatable({ 1, 2 }, { __len = function() return 9 end }) end
function made.raw_index() return setmetatable({ 1 }, { __index = { 1, 2, 3 } }) end
function made.raw_pairs() return setmetatable({ a = 1 }, { __pairs = function() return next, { b = 2 } end }) end

local bad = {}
function bad.a_function() return { hand = { cards = { 1, 2, print } } } end
function bad.a_thread() return { coroutine.create(print) } end
function bad.a_userdata() return { (io.open("values.lua")) } end
function bad.a_cycle() local t = {} t.me = { t } return t end
function bad.mixed() return { 1, 2, x = 3 } end
function bad.hole() return { 1, nil, 3 } end
function bad.far() return { [1] = 1, [1e9] = 1 } end
function bad.not_from_one() return { [0] = 1 } end
function bad.bool_key() return { [true] = 1 } end
function bad.float_key() return { [1.5] = 1 } end
function bad.table_key() return { [{}] = 1 } end
function bad.bytes_key() return { ["\xff"] = 1 } end
function bad.nul_key() return { ["a\0b"] = 1 } end
function bad.too_deep() local t = {} for _ = 2, 129 do t = { t } end return t end

function make(name) return made[name]() end
function make_bad(name) return bad[name]() end
function send(name) return fk.call("echo", made[name]()) end
function send_bad(name) return fk.call("echo", 1, bad[name]()) end
function notify_bad(name) fk.notify("mark", 1, bad[name]()) end

-- Does Lua see fk.null inside containers, and nil only among parameters?
function nulls(list, object, missing)
  return { list[1] == fk.null, list[2] == 2, #list, object.gone == fk.null, object.none == nil, missing == nil }
end

function bytes_of(s) return { s:byte(1, -1) } end
function from_bytes(...) return string.char(...) end
function math_types(t)
  local words = {}
  for i, v in ipairs(t) do words[i] = math.type(v) end
  return words
end
function is_negative_zero(x) return x == 0 and 1 / x < 0 end
function is_nan(x) return x ~= x end
function same_integer(x, text) return string.format("%d", x) == text end
