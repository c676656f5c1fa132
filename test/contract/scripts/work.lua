-- SPDX-License-Identifier: MIT
-- Work that does not end by itself.
function spin() while true do end end
function spin_caught() while true do pcall(spin) end end
function mark_and_spin() fk.call("mark") while true do end end
function host_work(times) for _ = 1, times do fk.call("work") end return "done" end
function host_flood(times) for _ = 1, times do fk.notify("work") end return "done" end
function fine() return "fine" end

function chatter(lines)
  for _ = 1, lines do print(("x"):rep(1000)) end
end
