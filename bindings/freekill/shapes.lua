-- SPDX-License-Identifier: MIT
-- What a server tells of a room, a player and a task: the fields of each. given.lua checks what comes by this
-- table; fk/freekill/objects.hpp and the list in docs/freekill-methods.md are made from it (methods_doc.lua).
--
-- name, type   "int", "number", "bool", "text" (bytes), "KIND list"; "?" behind it: may be left out
-- live         the server changes it while the room runs, and says so by this call before it wakes the room
-- missing      what is taken where it is left out
local function field(name, type, rest)
  local f = { name = name, type = type }
  for key, value in pairs(rest or {}) do f[key] = value end
  return f
end

return {
  player = {
    field("connId", "int", { says = "of the connection; host methods name players by it" }),
    field("id", "int", { says = "of the account" }),
    field("screenName", "text", { live = "UpdatePlayer" }),
    field("avatar", "text", { live = "UpdatePlayer" }),
    field("totalGameTime", "int", { live = "UpdatePlayer", says = "seconds" }),
    field("state", "int", { live = "SetPlayerState", says = "0 to 6, see PlayerState" }),
    field("gameData", "int list?", { live = "UpdatePlayer", missing = { 0, 0, 0 },
      says = "games won, games played, games left" }),
    field("thinking", "bool?", { says = "given: the scripts' from then on, and never asked for" }),
  },
  room = {
    field("id", "int"),
    field("ownerId", "int", { live = "UpdateRoom", says = "the id of a player" }),
    field("timeout", "int", { live = "UpdateRoom", says = "seconds to answer a question" }),
    field("settings", "text", { says = "as the core wants them: CBOR" }),
    field("players", "player list", { says = "by seat" }),
    field("observers", "player list?", { live = "AddObserver, RemoveObserver", missing = {} }),
  },
  task = {
    field("id", "int", { says = "below zero" }),
    field("taskType", "text"),
    field("data", "text", { says = "CBOR" }),
    field("connId", "int?", { says = "of the player who asked for the task" }),
    field("userId", "int?", { says = "and the id of that player" }),
  },
}
