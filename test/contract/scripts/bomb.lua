-- SPDX-License-Identifier: MIT
-- A script that takes all memory while it loads.
function fill()
  local t = {}
  while true do t[#t + 1] = { #t } end
end
fill()
