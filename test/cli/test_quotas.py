#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What fkvm run keeps for a script has the limits of a real server, and goes with its room."""
from support import Case, fkvm, os, unittest, write
import tempfile

GAME = """
require "fk.freekill"
local thread
function InitScheduler(t) thread = t end
%s
function HandleRequest(request)
  local id = math.tointeger(tonumber(request:match "^%%-1,(%%d+),newroom$"))
  if id then begin(id, thread:getRoom(id)) fk.notify("Room_delay", id, 0) end
  return true
end
function ResumeRoom(id)
  fk.notify("Room_gameOver", id)
  return true
end
"""


class Quotas(Case):
    def run_game(self, begin, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "game.lua")
            write(script, GAME % begin)
            done = fkvm("run", script, "--players", "1", *arguments)
            return self.good(done) + done.stderr

    def test_stop_a_script(self):
        for method, params, quota in (("Room_delay", "1e9", "1000 (quotas.delays.room)"), ("Room_addNpc", "nil", "100 (quotas.npcs.room)"),
                                      ("Room_saveGlobalState", '"key" .. i, ("x"):rep(1000000)', "4194304 (quotas.save_bytes.room)"),
                                      ("Room_setSessionData", '("x"):rep(2000000)', "1048576 (quotas.session_bytes.room)")):
            told = self.run_game(f"""
              function begin(id)
                for i = 1, 2000 do
                  local fine, problem = pcall(fk.call, "{method}", id, {params})
                  if not fine then return print(problem) end
                end
              end""")
            self.assertIn("its limit is " + quota, told)

    def test_saves_go_with_their_room(self):
        begin = 'function begin(_, room) room:getPlayers():at(0):saveGlobalState("key", ("x"):rep(4000000)) end'
        self.assertNotIn("quotas", self.run_game(begin, "--games", "20"))


if __name__ == "__main__":
    unittest.main()
