-- SPDX-License-Identifier: MIT
-- What clients are told. Readable things are text or JSON, what comes often is packed binary; README.md lists both.
local cards = require "cards"
local encode = require "json"

local view = { DECK = 0, PILE = 255 } -- places of cards that are no seat

-- Walks one of the server's lists, whichever kind of list it has.
function view.each(list)
  local i = -1
  return function()
    i = i + 1
    if i < list:length() then return list:at(i) end
  end
end

local function notify(client, command, payload)
  if client:getState() ~= fk.Player_Robot then client:doNotify(command, payload) end
end

local function broadcast(room, command, payload)
  for _, player in ipairs(room.players) do notify(player.client, command, payload) end
  for observer in view.each(room.server_room:getObservers()) do notify(observer, command, payload) end
end

function view.log(room, text, ...)
  broadcast(room, "Log", text:format(...))
end

local function packed_state(room)
  local seats = {}
  for seat, player in ipairs(room.players) do
    seats[seat] = ("<BBBB"):pack(seat, player.health, #player.hand, player.client:getState())
  end
  local turn = room.turn and room.turn.seat or 0
  return ("<I2BI2I2B"):pack(room.round, turn, #room.deck, #room.pile, #seats) .. table.concat(seats)
end

function view.state(room)
  broadcast(room, "State", packed_state(room))
end

local function hand_of(player)
  local hand = {}
  for i, card in ipairs(player.hand) do hand[i] = { card = card, label = cards.label(card) } end
  return hand
end

-- Cards went from one place (a seat, DECK or PILE) to another. Who may not see them gets zeros.
function view.move(room, from, to, moved)
  local form = "<BBB" .. ("I2"):rep(#moved)
  local open = form:pack(from, to, #moved, table.unpack(moved))
  local hidden = open:sub(1, 3) .. ("\0\0"):rep(#moved)
  for seat, player in ipairs(room.players) do
    local holds = seat == from or seat == to
    notify(player.client, "Move", (holds or to == view.PILE) and open or hidden)
    if holds then notify(player.client, "Hand", encode(hand_of(player))) end
  end
  for observer in view.each(room.server_room:getObservers()) do
    notify(observer, "Move", to == view.PILE and open or hidden)
  end
end

-- Who is being asked what, and for how long.
function view.focus(room, players, prompt, seconds)
  local seats = {}
  for i, player in ipairs(players) do seats[i] = player.seat end
  broadcast(room, "Focus", encode { seats = seats, prompt = prompt, seconds = seconds })
end

-- The payload of a request: all that a client needs to show it and to answer with one of the replies.
function view.question(prompt, options, default, seconds)
  local shown = {}
  for i, option in ipairs(options) do shown[i] = { reply = option.reply, text = option.text } end
  return encode { prompt = prompt, options = shown, default = default.reply, seconds = seconds }
end

-- All of the game as one client may see it: at the start, after reconnecting, and for observers.
function view.enter(room, client, player)
  local seats = {}
  for seat, other in ipairs(room.players) do
    seats[seat] = { seat = seat, id = other.id, name = other.name, health = other.health, cards = #other.hand }
  end
  notify(client, "Table", encode {
    game = "Tidefall", round = room.round, turn = room.turn and room.turn.seat or 0,
    you = player and player.seat or 0, hand = player and hand_of(player) or {}, seats = seats,
  })
  notify(client, "State", packed_state(room))
end

function view.over(room, winner)
  broadcast(room, "GameOver", encode { winner = winner and winner.seat or 0, name = winner and winner.name or "" })
end

return view
