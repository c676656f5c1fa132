-- SPDX-License-Identifier: MIT
-- Talks to the server while it is being loaded.
require "fk.freekill"

print("loading")
fk.notify("mark", "before")
fk.call("mark", "asked")
local came = fk.call("echo", "from the server")
fk.info("a log line")

function InitScheduler(thread)
  assert(thread.getRoom or type(thread) == "table")
  print("scheduler ready")
end

function what_came() return came end
