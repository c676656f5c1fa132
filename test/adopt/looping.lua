-- SPDX-License-Identifier: MIT
-- A package whose game mode never ends: packages/looping/init.lua of adopt.sh.
local extension = Package:new("looping", Package.SpecialPack)

local function looping_logic()
  local logic = GameLogic:subclass "looping_logic"
  function logic:run() while true do end end
  return logic
end

extension:addGameMode(fk.CreateGameMode { name = "looping_mode", minPlayer = 2, maxPlayer = 8, logic = looping_logic })
return extension
