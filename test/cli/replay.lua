-- SPDX-License-Identifier: MIT
-- What test_replay.py records and does again.
local deck = fk.call("deck", 3) -- while the script is loaded

function draw(n) return { card = deck, hp = n, name = "Zhang Fei" } end
function boom() error("on purpose") end
function try(...) return select(2, pcall(fk.call, ...)) end
function deal(players)
  for i = 1, players do fk.notify("show", i, { hp = i, cards = { "a", "b", i } }) end
  print("dealt")
  return players
end
function outer(n) return fk.call("back", n) + 1 end
function inner(n) fk.notify("show", n) return n * 10 end
function chatter() local i = 0 while true do i = i + 1 fk.notify("show", i) end end
