-- SPDX-License-Identifier: MIT
-- Asking people, several at once and with a limit of time. Whom nobody answers for, the computer does.
local view = require "view"

local requests = {}

local function can_answer(player)
  return player.client:getState() == fk.Player_Online and not player.surrendered
end

local function send(room, player)
  local question = room.asked[player]
  local seconds = math.max(question.deadline - os.time(), 1)
  local payload = view.question(question.prompt, question.options, question.default, seconds)
  player.client:doRequest("Choose", payload, seconds, math.floor(fk.GetMicroSecond() / 1000))
  player.client:setThinking(true)
end

-- For who comes back: the question is still open.
function requests.repeat_to(room, player)
  if room.asked[player] and can_answer(player) then send(room, player) end
end

-- The option that was chosen, or nil while there is time. No answer, a refusal or nonsense take the default.
local function answer_of(player, question, late)
  local reply = can_answer(player) and player.client:waitForReply(0) or "__cancel"
  if reply == "__notready" and not late then return nil end
  for _, option in ipairs(question.options) do
    if option.reply == reply then return option end
  end
  return question.default
end

local function collect(room, players, chosen, late)
  for _, player in ipairs(players) do
    local question = room.asked[player]
    local option = question and answer_of(player, question, late)
    if option then
      chosen[player], room.asked[player] = option, nil
      player.client:setThinking(false)
    end
  end
end

-- Asks players, all at once, and returns by player which of options_of(player) was chosen. choose(options)
-- decides for seats without a person, and is the default for all others.
function requests.ask(room, players, prompt, options_of, choose)
  local chosen, seconds = {}, room.server_room:getTimeout()
  view.focus(room, players, prompt, seconds)
  for _, player in ipairs(players) do
    local options = options_of(player)
    local default = choose(options)
    chosen[player] = default
    if can_answer(player) and #options > 1 then
      room.asked[player] = { prompt = prompt, options = options, default = default, deadline = os.time() + seconds }
      send(room, player)
    end
  end
  if not next(room.asked) then return chosen end

  room.server_room:setRequestTimer(seconds * 1000)
  collect(room, players, chosen, false)
  while next(room.asked) do collect(room, players, chosen, coroutine.yield() == "request_timer") end
  room.server_room:destroyRequestTimer()
  return chosen
end

return requests
