-- SPDX-License-Identifier: MIT
-- Says what the protocol says, by the names that the protocol has, had, or could have.
fk.notify("hello", { protocol = 77, sandbox = "none at all", name = "forged" })
fk.notify("print", "not output")

function names_of_the_protocol()
  for _, name in ipairs { "hello", "print", "qInfo", "ping", "bye", "jsonrpc" } do fk.notify(name, 1) end
  return fk.call("hello", 2)
end

-- Each is an error of its own, and nothing crosses.
function refused()
  local said = {}
  for i, name in ipairs { "", "$/hello", "$/failed", "$/", "a\0b", "\xff", "mark\0" } do
    local good, message = pcall(fk.call, name)
    local good_too = pcall(fk.notify, name)
    said[i] = not good and not good_too and message:find("cannot be called by the name", 1, true) ~= nil
  end
  return said
end

function fine() return "fine" end
