-- SPDX-License-Identifier: MIT
-- Uses a bit of everything while memory and system calls fail.
function fine() return "fine" end
function work(text, list)
  fk.notify("host", text, list)
  local answer = fk.call("host", { text = text, list = list })
  print(text, #tostring(answer))
  fk.warning("a warning")
  ls(".")
  exists("empty.lua")
  cd(".")
  io.open("empty.lua"):close()
  dofile("empty.lua")
  local co = coroutine.wrap(function() coroutine.yield(fk.call("host", 1)) end)
  local many = {}
  for i = 1, 500 do many["name " .. i] = { i, i / 2, "x\n\u{e9}" } end
  return { co(), answer, text, many }
end
function raise() error({ code = 7 }) end
