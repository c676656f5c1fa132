-- SPDX-License-Identifier: MIT
-- What `fkvm bench` calls to measure single messages.
local payload = string.rep("\0\xff", 22) .. "pad" -- a notify of a game has 74 bytes on the average

function empty() end

-- So much data until the end.
function hold(megabytes)
  held = {}
  while collectgarbage("count") < megabytes * 1000 do
    for i = 1, 1000 do held[#held + 1] = { "held " .. i } end
  end
end

function echo(bytes) return bytes end

-- Something for the allocator to do.
function work()
  local all = {}
  for i = 1, 1000 do all[i] = { i } end
end

-- count notifications: each payload to eight in turn, or always another.
function tell_all(count)
  for i = 0, count - 1 do
    fk.notify("sink", i % 8, "PropertyUpdate", payload .. i // 8 % 100)
  end
end

function tell_each(count)
  for i = 0, count - 1 do
    fk.notify("sink", i % 8, "PropertyUpdate", payload .. i % 100)
  end
end
