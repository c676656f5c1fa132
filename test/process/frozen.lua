-- SPDX-License-Identifier: MIT
-- Works for a fifth of a second of CPU time.
function work()
  fk.call("started")
  local finish = os.clock() + 0.2
  while os.clock() < finish do end
end
