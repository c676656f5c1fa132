-- SPDX-License-Identifier: MIT
-- Room n plays n rounds, and waits before each.
local played = {}

local function wait(room) fk.notify("wait", room, 10) end

function start(room)
  played[room] = 0
  wait(room)
end

-- Whether the room is over.
function resume(room)
  played[room] = played[room] + 1
  print(("room %d: round %d of %d"):format(room, played[room], room))
  if played[room] == room then return true end
  wait(room)
  return false
end
