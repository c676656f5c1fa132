-- SPDX-License-Identifier: MIT
-- What a game says, over and over: the same to eight players, now and then something for one of them, a log line.
require "fk.freekill"
local players = {}
for i = 1, 8 do players[i] = fk.ServerPlayer { connId = i } end
local texts, commands = {}, { "PropertyUpdate", "MoveCards", "GameLog" }
for i = 1, 50 do texts[i] = ("\xa1\0 %d"):format(i):rep(i) end

function play(n)
  for i = 1, n do
    local command, text = commands[i % 3 + 1], texts[i % 50 + 1]
    for seat = 1, 8 do players[seat]:doNotify(command, text) end
    if i % 7 == 0 then players[i % 8 + 1]:doNotify("Secret", texts[50]) end
    if i % 11 == 0 then fk.notify("ServerPlayer_setThinking", i % 8 + 1, true) end
    if i % 20 == 0 then print "a line of output" end
  end
  return n
end
