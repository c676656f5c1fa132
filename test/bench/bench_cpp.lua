-- SPDX-License-Identifier: MIT
local payload = string.rep("\0\xff", 18) .. "pad"
function ResumeRoom(room, reason) return reason == "delay_done" and room == 7 end
function tell(method, n) for i = 1, n do fk.notify(method, i, "PropertyUpdate", payload) end end
function ask(method, n) for i = 1, n do fk.call(method, i) end end
