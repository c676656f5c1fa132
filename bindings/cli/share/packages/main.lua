-- SPDX-License-Identifier: MIT
-- A generated game: Tidefall with packages beside it. With each step of a room the skills of its
-- players have a turn.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path
local board = require "board"
for index = 1, require "files" do require("packs.pack" .. index) end
require "game.main"

local thread
local games = {} -- by the room's id
local init, resume = InitScheduler, ResumeRoom

function InitScheduler(server_thread)
  thread = server_thread
  init(server_thread)
end

local function game_of(id)
  games[id] = games[id] or board.deal(id, thread:getRoom(id):getPlayers():length())
  return games[id]
end

function ResumeRoom(id, reason)
  game_of(id):turn()
  local over = resume(id, reason)
  if over then games[id] = nil end
  return over
end
