-- SPDX-License-Identifier: MIT
-- Says more than any buffer holds, each time something else.
function flood(count, size)
  local filler = ("x"):rep(size)
  for i = 1, count do fk.notify("sink", i, filler .. i) end
end
