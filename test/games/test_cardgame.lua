-- SPDX-License-Identifier: MIT
-- The example game in plain lua5.4, on a server whose people do what each test says.
--
--   lua5.4 test_cardgame.lua SOURCE_ROOT
local root = arg[1] or "."
package.path = root .. "/test/games/?.lua;" .. package.path

local before = {}
for name in pairs(_G) do before[name] = true end
local Host = require "scripted_host"
local host = Host.load(root .. "/examples/cardgame")
local view = require "view"

local last_id = 0
local function open(states, settings)
  last_id = last_id + 1
  return host:open(last_id, states, settings)
end

local function seats(count, state)
  local states = {}
  for i = 1, count do states[i] = state end
  return states
end

local function received(player, command)
  local found = {}
  for _, message in ipairs(player.inbox) do
    if message.command == command then found[#found + 1] = message.payload end
  end
  return found
end

local function asked(player)
  return function() return player.request and player.is_thinking end
end

local function replies_in(payload)
  local replies = {}
  for reply in payload:gmatch '"reply":"([^"]*)"' do replies[#replies + 1] = reply end
  return replies, payload:match '"default":"([^"]*)"'
end

local function unpack_state(payload)
  local state = { seats = {} }
  local count, at
  state.round, state.turn, state.deck, state.pile, count, at = ("<I2BI2I2B"):unpack(payload)
  for seat = 1, count do
    local number, health, held, player_state
    number, health, held, player_state, at = ("<BBBB"):unpack(payload, at)
    assert(number == seat)
    state.seats[seat] = { health = health, cards = held, state = player_state }
  end
  assert(at == #payload + 1)
  return state
end

local function transcript(player)
  local lines = {}
  for i, message in ipairs(player.inbox) do lines[i] = message.command .. "\0" .. message.payload end
  return table.concat(lines, "\0")
end

local tests = {}

function tests.games_of_eight_end_and_send_2000_notifies()
  for seed = 1, 100 do
    local sent = host.notifies
    local room = open(seats(8, "Trust"), "seed=" .. seed)
    assert(host:play(room) and room.over)
    assert(host.notifies - sent >= 2000, ("seed %d: %d notifies"):format(seed, host.notifies - sent))
    local won = 0
    for id = 1, 8 do won = won + (room.results[id] == 1 and 1 or 0) end
    assert(won == 1 and #room.results == 8)
  end
end

function tests.no_round_follows_the_flood()
  -- Who only passes and gives nothing away makes the longest game.
  for seed = 1, 20 do
    local room = open(seats(4, "Online"), "seed=" .. seed)
    host:play(room, function()
      for _, player in ipairs(room.players) do
        if player.is_thinking and not player.reply then player.reply = replies_in(player.request.payload)[1] end
      end
    end)
    local states = received(room.players[1], "State")
    assert(unpack_state(states[#states]).round <= 15)
  end
end

function tests.any_number_of_players()
  for count = 1, 24 do
    local room = open(seats(count, "Trust"))
    assert(host:play(room) and room.over)
  end
  assert(host:play(open {}))
end

function tests.the_same_seed_is_the_same_game()
  local games = {}
  for i, seed in ipairs { 7, 7, 8 } do
    local room = open(seats(5, "Trust"), "x seed=" .. seed)
    host:play(room)
    games[i] = transcript(room.players[1])
  end
  assert(games[1] == games[2] and games[1] ~= games[3])
end

function tests.cards_are_neither_lost_nor_made()
  local room = open(seats(6, "Trust"))
  host:play(room)
  for i, payload in ipairs(received(room.players[3], "State")) do
    local state = unpack_state(payload)
    local sum = state.deck + state.pile
    for _, seat in ipairs(state.seats) do sum = sum + seat.cards end
    -- A card on its way from hand to pile is in the pile by the time anybody hears of it.
    assert(sum == 74, ("state %d: %d cards"):format(i, sum))
  end
end

function tests.rivals_do_not_see_cards_that_are_drawn()
  local room = open(seats(3, "Trust"))
  host:play(room)
  local seen, hidden = 0, 0
  for _, payload in ipairs(received(room.players[1], "Move")) do
    local from, to, count, card = ("<BBBI2"):unpack(payload)
    assert(#payload == 3 + 2 * count)
    assert((card ~= 0) == (to == view.PILE or from == 1 or to == 1))
    if card == 0 then hidden = hidden + 1 else seen = seen + 1 end
  end
  assert(seen > 0 and hidden > 0)
end

function tests.a_request_says_all_about_itself()
  local room = open { "Online", "Robot" }
  local player = room.players[1]
  host:play(room, asked(player))
  local payload = player.request.payload
  local replies, default = replies_in(payload)
  assert(player.request.command == "Choose" and player.request.timeout == 15)
  assert(payload:find '"prompt":"' and payload:find '"seconds":15' and payload:find '"text":"')
  assert(#replies > 1 and table.concat(replies, " "):find(default, 1, true))
end

function tests.the_chosen_option_is_played()
  local room = open({ "Online", "Robot" }, "seed=3")
  local player = room.players[1]
  host:play(room, asked(player))
  local chosen
  for _, reply in ipairs(replies_in(player.request.payload)) do
    if reply:find "@2" then chosen = reply end
  end
  player.reply = assert(chosen, "there is an attack to choose")
  local moves = #received(player, "Move")
  ResumeRoom(room.id, "player_reply")
  local from, to, _, card = ("<BBBI2"):unpack(received(player, "Move")[moves + 1])
  assert(from == 1 and to == view.PILE and chosen:find("^" .. card .. "@"))
  assert(host:play(room))
end

function tests.refusals_and_nonsense_take_the_default()
  for _, reply in ipairs { "__cancel", "", "\0\255", "999999@1" } do
    local games = {}
    for i, state in ipairs { "Trust", "Online" } do
      local room = open({ state, "Trust", "Trust" }, "seed=11")
      host:play(room, function() room.players[1].reply = reply end)
      games[i] = table.concat(received(room.players[2], "Log"), "\n")
    end
    assert(games[1] == games[2], ("reply %q"):format(reply))
  end
end

function tests.nobody_waits_longer_than_the_timer()
  local room = open(seats(8, "Online"))
  assert(host:play(room) and room.over and room.resumes < 5000)
  assert(room.players[1].requests > 0)
end

function tests.trust_in_the_middle_of_a_request_lets_the_computer_answer()
  local room = open { "Online", "Robot" }
  local player = room.players[1]
  host:play(room, asked(player))
  assert(not ResumeRoom(room.id, "player_reply") and player.is_thinking, "a wake-up for nothing answers nothing")
  Host.set_state(player, "Trust")
  ResumeRoom(room.id, "player_trust")
  assert(not player.is_thinking)
  assert(host:play(room))
end

function tests.who_reconnects_gets_everything_and_the_open_question()
  local room = open { "Online", "Online", "Robot" }
  local player = room.players[1]
  host:play(room, asked(player))
  player.inbox, player.request = {}, nil
  assert(HandleRequest(room.id .. ",1,reconnect"))
  local table_text = received(player, "Table")[1]
  assert(table_text:find '"you":1' and table_text:find '"label"' and #received(player, "State") == 1)
  assert(player.request and player.request.command == "Choose")
  room.players[2].inbox = {}
  assert(HandleRequest(room.id .. ",2,reconnect") and not room.players[2].request)
  assert(host:play(room))
end

function tests.observers_get_everything_but_hands()
  local room = open { "Trust", "Trust" }
  for _ = 1, 5 do host:step(room) end
  local observer = host:person(100, "Online")
  room.observers[1] = observer
  assert(HandleRequest(room.id .. ",100,observe"))
  local table_text = received(observer, "Table")[1]
  assert(table_text:find '"you":0' and not table_text:find '"label"' and #received(observer, "State") == 1)
  assert(RoomInfo(room.id).observers == 1)
  for _ = 1, 10 do
    if #received(observer, "State") == 1 then host:step(room) end
  end
  assert(#received(observer, "State") > 1 and #received(observer, "Hand") == 0)
  HandleRequest(room.id .. ",100,leave")
  room.observers[1] = nil
  local heard = #observer.inbox
  assert(host:play(room) and #observer.inbox == heard)
end

function tests.who_surrenders_falls()
  local room = open { "Online", "Trust", "Trust" }
  host:play(room, asked(room.players[1]))
  assert(HandleRequest(room.id .. ",1,surrender") and not room.over)
  assert(not host:step(room) and not room.players[1].is_thinking, "the question is withdrawn")
  assert(host:play(room) and room.results[1] == 2 and room.players[1].died)
end

function tests.a_surrender_shortens_no_delay()
  local room = open { "Trust", "Trust", "Trust" }
  host:step(room)
  assert(#room.due == 1 and not room.timer, "the room waits for a delay")
  HandleRequest(room.id .. ",3,surrender")
  local heard = #room.players[1].inbox
  host:step(room)
  assert(#room.players[1].inbox == heard)
  host:step(room)
  assert(#room.players[1].inbox > heard and room.players[3].died)
end

function tests.a_surrender_that_ends_the_game_is_heard_by_the_server()
  local room = open { "Online", "Trust" }
  host:play(room, asked(room.players[1]))
  HandleRequest(room.id .. ",1,surrender")
  HandleRequest(room.id .. ",2,surrender")
  assert(not room.over and host:play(room))
  assert(room.results[1] + room.results[2] == 3, "one wins, though both surrender")
end

function tests.a_room_without_people_ends()
  local room = open { "Online", "Online", "Robot" }
  host:play(room, asked(room.players[1]))
  Host.set_state(room.players[1], "Run")
  assert(not ResumeRoom(room.id, "player_disconnect"))
  Host.set_state(room.players[2], "Leave")
  assert(ResumeRoom(room.id, "player_disconnect") and room.over and not next(room.results))
  assert(#received(room.players[1], "GameOver") == 1)

  local abandoned = open { "Online", "Trust" }
  host:step(abandoned)
  assert(ResumeRoom(abandoned.id, "abandon") and abandoned.over)
end

function tests.robots_are_told_nothing_and_play_alone()
  local sent = host.notifies
  assert(host:play(open(seats(4, "Robot"))))
  assert(host.notifies == sent)
end

function tests.rooms_are_listed()
  local first, second = open { "Trust", "Trust" }, open { "Trust", "Online", "Trust" }
  host:step(second)
  assert(table.concat(RoomList(), " ") == first.id .. " " .. second.id)
  local info = RoomInfo(second.id)
  assert(info.id == second.id and #info.players == 3 and info.players[2].state == fk.Player_Online)
  assert(info.deck + info.pile + 3 * 4 + 2 == 74 and info.round == 1 and info.turn == 1)
  assert(RoomInfo(-5) == nil and math.type(MemoryUsage()) == "integer")
  host:play(first)
  host:play(second)
  assert(#RoomList() == 0)
end

function tests.what_is_not_known_is_refused()
  for _, request in ipairs { "", "nonsense", "-1,999,newroom", "-1,1,newtask", "999,1,reconnect", "1" } do
    assert(HandleRequest(request) == false, request)
  end
  local room = open { "Trust", "Trust" }
  assert(HandleRequest(room.id .. ",1,no such thing") == false)
  assert(HandleRequest("-1," .. room.id .. ",newroom") == false, "a room is opened once")
  for _, command in ipairs { "reconnect", "observe", "leave", "surrender" } do
    assert(HandleRequest(room.id .. ",77," .. command), "an unknown player changes nothing")
  end
  assert(host:play(room) and ResumeRoom(room.id, "delay_done") == false and ResumeRoom(999, "x") == false)
end

function tests.many_rooms_take_turns()
  local rooms, ended = {}, 0
  for i = 1, 50 do rooms[i] = open(seats(3, "Trust")) end
  while ended < 50 do
    for i = #rooms, 1, -1 do
      if host:step(rooms[i]) then
        table.remove(rooms, i)
        ended = ended + 1
      end
    end
  end
end

function tests.an_error_in_the_game_ends_its_room_only()
  local room, other = open { "Trust", "Trust" }, open { "Trust", "Trust" }
  room.players[1].doNotify = function() error "this client is broken" end
  assert(not pcall(host.step, host, room), "this client cannot even hear that the game is over")
  assert(RoomInfo(room.id) == nil and #fk.criticals == 1 and fk.criticals[1]:find "this client is broken")
  fk.criticals = {}
  assert(host:play(other))
end

local names = {}
for name in pairs(tests) do names[#names + 1] = name end
table.sort(names)
local failed = 0
for _, name in ipairs(names) do
  local good, problem = xpcall(tests[name], debug.traceback)
  if good and #fk.criticals > 0 then good, problem = false, fk.criticals[1] end
  fk.criticals = {}
  for _, id in ipairs(RoomList()) do ResumeRoom(id, "abandon") end
  print((good and "ok     " or "FAILED ") .. name .. (good and "" or "\n" .. tostring(problem)))
  failed = failed + (good and 0 or 1)
end

local allowed = {
  fk = true, InitScheduler = true, HandleRequest = true, ResumeRoom = true,
  RoomList = true, RoomInfo = true, MemoryUsage = true,
}
for name in pairs(_G) do
  if not before[name] and not allowed[name] then
    print("FAILED no global leaks: " .. name)
    failed = failed + 1
  end
end
os.exit(failed == 0)
