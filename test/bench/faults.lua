-- SPDX-License-Identifier: MIT
-- Stands behind the script of a game: gives its rooms faults on demand, and answers probes.
local handle, notify = HandleRequest, fk.notify
local faults = {}

function faults.probe(conn, text) notify("ServerPlayer_doNotify", conn, "Probe", text) end
function faults.loop() while true do end end
function faults.memory()
  local eaten = {}
  while true do eaten[#eaten + 1] = ("x"):rep(10000) .. #eaten end
end
function faults.output()
  while true do print(("flood "):rep(100)) end
end

function HandleRequest(request)
  local fault, conn, text = request:match "^%-?%d+,%-?%d+,fault:(%a+):(%d+):(%d+)$"
  if not fault then return handle(request) end
  faults[fault](tonumber(conn), text)
  return true
end
