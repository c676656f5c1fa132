-- SPDX-License-Identifier: MIT
-- Speaks in every way that has an order.

local function speak()
  fk.notify("mark", 1)
  print("a print")
  fk.notify("mark", 2)
  io.write("a ", "write\n")
  fk.info("an info")
  fk.call("mark", 3)
  fk.warning("a warning")
  fk.notify("mark", 4)
end

function speak_and_return() speak() return "done" end
function speak_and_fail() speak() error("after all") end
function speak_and_fail_by_value() speak() return print end
function speak_in_coroutine() return coroutine.wrap(speak_and_return)() end

-- Many small ones, far more than a pipe or a buffer holds, with a request now and then.
function flood(n, every)
  for i = 1, n do
    fk.notify("next", i, ("x"):rep(i % 50))
    if every > 0 and i % every == 0 then assert(fk.call("so_far") == i) end
  end
end
function flood_and_fail(n) flood(n, 0) error("flooded") end
function big_flood(n, size) for i = 1, n do fk.notify("next", i, ("y"):rep(size)) end end

-- The same to several, one after the other.
function to_several(method, ids)
  for _, id in ipairs(ids) do fk.notify(method, id, "same", "\0\xff") end
end
function ask(method, ...) return fk.call(method, ...) end

-- The same to several, with every other kind of message in between: numbered all through.
function mingled(rounds, seats)
  local n = 0
  for round = 1, rounds do
    for seat = 1, seats do
      n = n + 1
      fk.notify("next", n, "the same text", round % 3 == 0)
    end
    if round % 5 == 0 then print(n) end
    if round % 7 == 0 then assert(fk.call("so_far") == n) end
    if round % 11 == 0 then fk.notify("mark", n) end
    for seat = 1, seats do
      n = n + 1
      fk.notify("next", n)
    end
  end
  return n
end
