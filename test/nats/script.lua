-- SPDX-License-Identifier: MIT
-- What the tests of the backend nats let VMs do.
local last, wrong = 0, false
local held = {}

function echo(value) return value end
function ask(value) return fk.call("echo", value) end
function spin() while true do end end
function hold(megabytes)
  for _ = 1, megabytes do held[#held + 1] = ("x"):rep(1 << 20) .. #held end
end

-- Numbers, sent back as they come.
function take(number, padding)
  wrong = wrong or number ~= last + 1
  last = number
  fk.notify("number", number, padding)
end
function taken() return {last, wrong} end

function stream(count, size)
  local padding = ("y"):rep(size)
  for i = 1, count do fk.notify("number", i, padding) end
end
