-- SPDX-License-Identifier: MIT
-- Serves a server that misuses the library.
function fine() return "fine" end
function yes() return true end
function spin() while true do end end
function call_host() return fk.call("host") end
function call_host_twice() fk.call("host") fk.call("host") return true end
function notify_host() fk.notify("host") return true end
function short_loop() local n = 0 for i = 1, 300000 do n = n + i end return true end
function read_file() return dofile("empty.lua") == nil end
function halves() return 1.5 + 0.25 == 1.75 and tostring(1.5) == "1.5" and tonumber("1.5") == 1.5 end
function half() return 1.5 end
function big() return ("x"):rep(1 << 20) end
function clean_environment()
  for _, name in ipairs { "LUA_INIT", "LUA_INIT_5_4", "LD_PRELOAD", "FK_SECRET" } do
    if os.getenv(name) then return name end
  end
  return true
end
function prints() print("printed") return true end
count = 0
function add() count = count + 1 return count end
