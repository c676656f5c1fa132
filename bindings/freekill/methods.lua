-- SPDX-License-Identifier: MIT
-- FreeKill's host methods, one row each: what a script may ask its server. Everything else that knows them
-- comes from this table or is checked against it: the objects that scripts see (objects.lua), libfkroom
-- and the CLI (test/freekill/methods.py), and the list in docs/freekill-methods.md (methods_doc.lua).
--
-- name     as it crosses; OBJECT_METHOD
-- on, as   the object of a script that has it, and its name there; nil: scripts have no such method
-- kind     "notify": nobody waits for it. "request": the answer is waited for
-- params   name and type, in order: int, number, bool, string, value, and text: sent as bytes,
--          whatever a script gives. "?" behind a type: may be left
--          out. The object's own key, its id or connId, comes first and is not among the script's arguments
-- answer   the type of a request's answer; room, player, task are in shapes.lua, a "save" may come later
-- since    the release of FreeKill whose scripts first use it
-- missing  what a server may do without: "ignore": it may do nothing. Else what a script meets then
-- needed   no game can be played without it
-- each     calls that differ in nothing but the key may arrive as one
local function row(name, on, as, kind, params, rest)
  local r = { name = name, on = on, as = as, kind = kind, params = params, since = "0.5.0" }
  for key, value in pairs(rest or {}) do r[key] = value end
  return r
end

local conn, id = { "connId", "int" }, { "id", "int" }

return {
  row("RoomThread_getRoom", "thread", "getRoom", "request", { id }, {
    answer = "room", missing = "no room can start", needed = true }),
  row("RoomThread_resumed", nil, nil, "notify", { id, { "over", "bool" } }, {
    missing = "ignore", note = "reported by ResumeRooms for each room that it resumed" }),

  row("ServerPlayer_doNotify", "player", "doNotify", "notify",
    { conn, { "command", "value" }, { "payload", "text" } }, { missing = "players see nothing", needed = true, each = true }),
  row("ServerPlayer_doRequest", "player", "doRequest", "notify",
    { conn, { "command", "value" }, { "payload", "text" }, { "timeout", "number" }, { "timestamp", "number?" } },
    { missing = "players are never asked", needed = true }),
  row("ServerPlayer_waitForReply", "player", "waitForReply", "request", { conn, { "timeout", "number?" } }, {
    answer = "text", missing = "no request ends", needed = true, note = "its answer is the reply, \"__notready\" or \"__cancel\"" }),
  row("ServerPlayer_thinking", "player", "thinking", "request", { conn }, {
    answer = "bool", missing = "give `thinking` with each player: it is not asked for then" }),
  row("ServerPlayer_setThinking", "player", "setThinking", "notify", { conn, { "thinking", "bool" } }, {
    missing = "ignore" }),
  row("ServerPlayer_setDied", "player", "setDied", "notify", { conn, { "died", "bool" } }, { missing = "ignore" }),
  row("ServerPlayer_emitKick", "player", "emitKick", "notify", { conn }, { missing = "nobody can be kicked" }),
  row("ServerPlayer_saveState", "player", "saveState", "notify", { conn, { "text", "text" } }, {
    missing = "nothing is kept" }),
  row("ServerPlayer_getSaveState", "player", "getSaveState", "request", { conn }, {
    answer = "save", missing = "nil, and a warning" }),
  row("ServerPlayer_saveGlobalState", "player", "saveGlobalState", "notify",
    { conn, { "key", "text" }, { "text", "text" } }, { missing = "nothing is kept" }),
  row("ServerPlayer_getGlobalSaveState", "player", "getGlobalSaveState", "request",
    { conn, { "key", "text" } }, { answer = "save", missing = "nil, and a warning" }),

  row("Room_delay", "room", "delay", "notify", { id, { "ms", "number" } }, {
    missing = "the room never goes on: ResumeRoom(id, \"delay_done\") answers it", needed = true }),
  row("Room_setRequestTimer", "room", "setRequestTimer", "notify", { id, { "ms", "number" } }, {
    missing = "requests have no limit: ResumeRoom(id, \"request_timer\") answers it", needed = true }),
  row("Room_destroyRequestTimer", "room", "destroyRequestTimer", "notify", { id }, { missing = "ignore" }),
  row("Room_updatePlayerWinRate", "room", "updatePlayerWinRate", "notify",
    { id, { "player", "int" }, { "mode", "string" }, { "role", "string" }, { "result", "int" } }, { missing = "ignore" }),
  row("Room_updateGeneralWinRate", "room", "updateGeneralWinRate", "notify",
    { id, { "general", "string" }, { "mode", "string" }, { "role", "string" }, { "result", "int" } },
    { missing = "ignore" }),
  row("Room_gameOver", "room", "gameOver", "notify", { id }, {
    missing = "the server does not learn that the game is over", needed = true }),
  row("Room_increaseRefCount", "room", "increaseRefCount", "notify", { id }, {
    missing = "ignore", note = "who counts when a game starts must do nothing: counted twice, no room becomes free" }),
  row("Room_decreaseRefCount", "room", "decreaseRefCount", "notify", { id }, {
    missing = "ended rooms are never free", needed = true }),
  row("Room_getSessionId", "room", "getSessionId", "request", { id }, {
    answer = "int", missing = "nil, and a warning" }),
  row("Room_getSessionData", "room", "getSessionData", "request", { id }, {
    answer = "text", missing = "nil, and a warning" }),
  row("Room_setSessionData", "room", "setSessionData", "notify", { id, { "text", "text" } }, {
    missing = "nothing is kept" }),
  row("Room_addNpc", "room", "addNpc", "request", { id }, {
    since = "0.5.22", answer = "player", missing = "an error in the script" }),
  row("Room_removeNpc", "room", "removeNpc", "notify", { id, { "connId", "int" } }, {
    since = "0.5.22", missing = "ignore" }),
  row("Room_saveGlobalState", "room", "saveGlobalState", "notify", { id, { "key", "text" }, { "text", "text" } }, {
    since = "0.5.22", missing = "nothing is kept" }),
  row("Room_getGlobalSaveState", "room", "getGlobalSaveState", "request", { id, { "key", "text" } }, {
    since = "0.5.22", answer = "save", missing = "nil, and a warning" }),

  row("Server_getTask", "server", "getTask", "request", { id }, {
    since = "0.5.22", answer = "task", missing = "no task can start" }),
  row("Task_getPlayer", "task", "getPlayer", "request", { id }, {
    since = "0.5.22", answer = "player", missing = "an error in the script" }),
  row("Task_delay", "task", "delay", "notify", { id, { "ms", "number" } }, {
    since = "0.5.22", missing = "the task never goes on" }),
  row("Task_saveGlobalState", "task", "saveGlobalState", "notify", { id, { "key", "text" }, { "text", "text" } }, {
    since = "0.5.22", missing = "nothing is kept" }),
  row("Task_getGlobalSaveState", "task", "getGlobalSaveState", "request", { id, { "key", "text" } }, {
    since = "0.5.22", answer = "save", missing = "nil, and a warning" }),
  row("Task_savePlayerGlobalState", "task", "savePlayerGlobalState", "notify",
    { id, { "key", "text" }, { "text", "text" } }, {
      since = "0.5.22", missing = "nothing is kept", note = "it is a save of the task's player" }),
  row("Task_getPlayerGlobalSaveState", "task", "getPlayerGlobalSaveState", "request", { id, { "key", "text" } }, {
    since = "0.5.22", answer = "save", missing = "nil, and a warning" }),
  row("Task_decreaseRefCount", "task", "decreaseRefCount", "notify", { id }, {
    since = "0.5.22", missing = "ended tasks are never free" }),
}
