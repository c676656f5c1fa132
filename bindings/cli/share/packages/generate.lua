-- SPDX-License-Identifier: MIT
-- Writes a game with many packages: Tidefall, and beside it FILES files, each with a general and
-- two skills.
--
--   lua5.4 generate.lua FOLDER FILES [GAME]
--
-- GAME is the folder of Tidefall; by default the one that comes with fkvm. Then play
-- FOLDER/main.lua. A file has 7 kB and takes 16 kB in a VM, about as much as those of FreeKill's
-- packages. The same numbers make the same files.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"

local events = { "turn", "draw", "strike", "answer", "hurt", "heal", "discard", "fall" }
local syllables = {
  "an", "bel", "cor", "dun", "eth", "fal", "gor", "hal", "ith", "jor", "kel", "lor", "mar", "nim",
  "or", "pel", "quen", "ros", "sul", "tor", "ul", "ven", "wyn", "yar",
}
local words = {
  "tide", "cinder", "thorn", "spring", "lantern", "gale", "tower", "harbour", "card", "hand",
  "deck", "turn", "flood", "player", "rival", "whoever", "holds", "draws", "throws", "loses",
  "gains", "each", "before", "after", "two", "until", "the", "a", "of", "and", "then", "at", "most",
  "next", "attack", "answer", "health", "may", "must", "one", "again",
}

-- The text of an effect; each $NAME is filled in.
local effects = {
  [[
skill:effect("$event", {
  frequency = "often",
  can = function(game, player, data)
    if data.player ~= player or not player:has("$skill") then return false end
    local weaker = game:others(player, function(other)
      return other.health + $a < player.health + #other.cards
    end)
    return #weaker > 0 and (game.round + $b) % $c ~= 0
  end,
  cost = function(game, player, data)
    local targets = {}
    for _, other in ipairs(game:others(player)) do
      if #other.cards >= $a then
        targets[#targets + 1] = { player = other, weight = #other.cards * $c + other.health }
      end
    end
    table.sort(targets, function(one, two) return one.weight > two.weight end)
    data.cost = { targets = targets, most = $b, prompt = "#$skill-choose-$event" }
    return #targets > 0
  end,
  use = function(game, player, data)
    for i, target in ipairs(data.cost.targets) do
      if i > data.cost.most then break end
      game:say("$skill", "%s has %s give %d", player.name, target.player.name, target.weight)
      game:move(target.player, player, 1)
      game:mark(target.player, "@$skill", $a)
    end
  end,
})
]],
  [[
skill:effect("$event", {
  can = function(game, player, data)
    return data.player ~= player and player:has("$skill") and player:marked("@$skill") < $b
  end,
  cost = function(game, player, data)
    local kinds = {}
    for _, card in ipairs(player.cards) do
      kinds[card.kind] = (kinds[card.kind] or 0) + card.value
    end
    local sum = (kinds.Tide or 0) * $a + (kinds.Cinder or 0) * $b + (kinds.Thorn or 0) * $c
    data.cost = { sum = sum, kinds = kinds, reason = "$skill", prompt = "#$skill-ask-$event" }
    return sum % $c == $d
  end,
  use = function(game, player, data)
    local count = math.min(data.cost.sum // $c, $a)
    game:draw(player, count)
    game:mark(player, "@$skill", 1)
    game:say("$skill", "%s draws %d for %s", player.name, count, data.player.name)
  end,
})
]],
  [[
skill:effect("$event", {
  delayed = true,
  can = function(game, player, data)
    if not player:has("$skill") or #player.cards <= $a then return false end
    for _, record in ipairs(game:last($c)) do
      if record.event == "$event" and record.player == player.seat then return false end
    end
    return true
  end,
  use = function(game, player, data)
    local shown = {}
    for i = 1, math.min($a, #player.cards) do
      local card = player.cards[i]
      shown[i] = ("%s %d"):format(card.kind, card.value + $d)
    end
    data.shown = { cards = shown, by = "$skill", times = player:marked("@$skill-shown") + 1 }
    game:mark(player, "@$skill-shown", 1)
    if #shown > 1 then game:move(player, data.player, 1) end
    game:say("$skill", "%s shows %s", player.name, table.concat(shown, ", "))
  end,
})
]],
}

-- Numbers of a file's own: it is the same in a large set and in a small one.
local function numbers(seed)
  local state = seed * 7919 + 12345
  return function(most)
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return (state >> 8) % most + 1
  end
end

local function name_of(random)
  local name = ""
  for _ = 1, 3 do name = name .. syllables[random(#syllables)] end
  return name
end

local function sentence(random, length)
  local parts = {}
  for i = 1, length do parts[i] = words[random(#words)] end
  return table.concat(parts, " ")
end

local function effect_of(random, skill)
  local values = {
    skill = skill, event = events[random(#events)],
    a = random(3), b = random(4), c = random(5) + 2, d = random(2),
  }
  return (effects[random(#effects)]:gsub("%$(%a+)", values))
end

local function skill_of(random, skill)
  local lines = {
    ("local skill = board.skill { name = %q, general = general, tags = { %q } }\n"):format(skill,
      words[random(#words)]),
  }
  for _ = 1, random(2) + 1 do lines[#lines + 1] = effect_of(random, skill) end
  lines[#lines + 1] = "board.words {\n"
  local keys = { "%s", ":%s", "#%s-ask", "#%s-choose", "@%s", "$%s1", "$%s2" }
  for i, key in ipairs(keys) do
    local text = sentence(random, i == 2 and 40 or random(8) + 2)
    lines[#lines + 1] = ("  [%q] = %q,\n"):format(key:format(skill), text)
  end
  lines[#lines + 1] = "}\n"
  return "do\n" .. table.concat(lines) .. "end\n"
end

local function pack(index)
  local random = numbers(index)
  local general = ("%s_%d"):format(name_of(random), index)
  local lines = {
    "local board = require \"board\"\n",
    ("local general = board.general { name = %q, title = %q, health = %d }\n"):format(general,
      sentence(random, 4), random(3) + 2),
  }
  for i = 1, 2 do
    lines[#lines + 1] = skill_of(random, ("%s__%s%d"):format(general, name_of(random), i))
  end
  lines[#lines + 1] = "return general\n"
  return table.concat(lines)
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local tidefall = {
  "actions", "cards", "computer", "json", "main", "moves", "options", "random", "requests", "room",
  "rules", "view",
}
local function find_game()
  for _, folder in ipairs { here .. "../cardgame", here .. "../../../../examples/cardgame" } do
    local file = io.open(folder .. "/main.lua")
    if file then
      file:close()
      return folder
    end
  end
  error "Tidefall, which comes with fkvm, is missing: name the folder examples/cardgame"
end

-- Into a folder that exists; its parts packs and game need not.
function generate(folder, files, game)
  game = game or find_game()
  local quoted = folder:gsub("'", "'\\''")
  assert(os.execute(("mkdir -p '%s/packs' '%s/game'"):format(quoted, quoted)))
  for _, name in ipairs { "board", "main" } do
    write(folder .. "/" .. name .. ".lua", read(here .. name .. ".lua"))
  end
  for _, name in ipairs(tidefall) do
    write(folder .. "/game/" .. name .. ".lua", read(game .. "/" .. name .. ".lua"))
  end
  for index = 1, files do write(("%s/packs/pack%d.lua"):format(folder, index), pack(index)) end
  write(folder .. "/files.lua", ("return %d\n"):format(files))
end

if arg then
  local files = math.tointeger(tonumber(arg[2]))
  if not arg[1] or not files then
    io.stderr:write "usage: lua5.4 generate.lua FOLDER FILES [GAME]\n"
    os.exit(2)
  end
  generate(arg[1], files, arg[3])
end
