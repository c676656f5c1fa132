-- SPDX-License-Identifier: MIT
-- Eats memory.
function fine() return "fine" end
function one_string() return #("x"):rep(1 << 30) end
function too_long() return #("x"):rep(10 ^ 10 // 1 | 0) end
function tables() local t = {} for i = 1, 1e9 do t[i] = { i } end end
function concat() local s = "x" while true do s = s .. s end end
function coroutines()
  local all = {}
  while true do
    local co = coroutine.create(function(...) coroutine.yield(...) end)
    coroutine.resume(co, table.unpack({}, 1, 200))
    all[#all + 1] = co
  end
end
function in_pcall()
  local kept = {}
  while true do
    pcall(function() while true do kept[#kept + 1] = ("x"):rep(1000) .. #kept end end)
  end
end
-- Fills what is left byte by byte, then fails: the error has no room.
function just_below()
  kept = {}
  for _, size in ipairs { 1 << 22, 1 << 16, 1 << 10, 64, 1 } do
    while pcall(function() kept[#kept + 1] = ("x"):rep(size) .. #kept end) do end
  end
  local more = {}
  for i = 1, 1e9 do more[i] = {} end
end
-- Little of it is Lua's: the same string seven times, as parameters, at every level of calls within calls.
function outside_of_lua()
  big = big or ("x"):rep(1 << 20)
  return fk.call("back", { big, big, big, big, big, big, big })
end
function fifty_megabytes()
  kept = {}
  for i = 1, 50 do kept[i] = {} for k = 1, 1000 do kept[i][k] = ("x"):rep(900) .. i .. "," .. k end end
  return "held"
end
function a_bit_of_all()
  local t = {}
  for i = 1, 50 do t[i] = { name = "n" .. i } end
  local co = coroutine.wrap(function(...) coroutine.yield(...) end)
  co(t)
  print(#table.concat({ "a", "b" }), ls(".")[1], exists("memory.lua"), pwd(), isDir("."))
  cd(".")
  pcall(error, t)
  pcall(fk.call, "nobody", t)
  fk.notify("nobody", t, ("x"):rep(3000))
  dofile("empty.lua")
  return t
end
