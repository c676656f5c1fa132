-- SPDX-License-Identifier: MIT
-- Loads the server side of freekill-core, whose folder packages/freekill-core is below the VM's own:
-- the entry script of `fkvm run --freekill DIR` and of `fk-server --freekill DIR`.
require "fk.freekill"
cd "packages/freekill-core"
dofile "lua/freekill.lua"
dofile "lua/server/scheduler.lua"

-- For the admins of a server: one room, or nil.
function RoomInfo(id)
  local room = GetRoom(id)
  if not room then return nil end
  local players = {}
  for seat, player in ipairs(room.players) do
    players[seat] = { id = player.id, general = player.general, hp = player.hp, dead = player.dead }
  end
  return { id = id, players = players }
end
