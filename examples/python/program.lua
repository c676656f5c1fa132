-- SPDX-License-Identifier: MIT
function Greet(number)
  print("asked for player " .. number)
  return "Hello, " .. fk.call("player_name", number)
end
