#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The generator of packages: what it writes is the same each time, loads, takes memory by its size, and a game plays with it."""
from support import Case, FKVM, HERE, fkvm, json, os, unittest
import shutil
import subprocess
import tempfile

SHARE = os.path.join(os.path.dirname(FKVM), "share", "packages")
GAME = os.path.join(HERE, "..", "..", "examples", "cardgame")
MOST_A_FILE, LEAST_A_FILE = 22_000, 11_000  # bytes of Lua


def contents(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                found[os.path.relpath(os.path.join(place, name), folder)] = file.read()
    return found


class Packages(Case):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="it's ")
        self.addCleanup(shutil.rmtree, self.folder)

    def generate(self, files, name="set"):
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        self.good(fkvm("call", os.path.join(SHARE, "generate.lua"), "generate", json.dumps([folder, files, GAME]),
                       "--sandbox", "trusted"))
        return folder

    def memory(self, folder):
        return json.loads(self.good(fkvm("call", os.path.join(folder, "main.lua"), "MemoryUsage")))

    def test_the_same_each_time(self):
        once, again, more = (self.generate(files, name) for files, name in ((5, "once"), (5, "again"), (9, "more")))
        self.assertEqual(contents(once), contents(again))
        self.assertEqual(len(contents(os.path.join(more, "packs"))), 9)
        first = contents(os.path.join(once, "packs"))
        self.assertEqual(first, {name: text for name, text in contents(os.path.join(more, "packs")).items() if name in first})
        self.assertEqual(len(set(first.values())), 5)

    def test_memory_by_files(self):
        few, many = self.memory(self.generate(10, "few")), self.memory(self.generate(110, "many"))
        self.assertTrue(LEAST_A_FILE < (many - few) / 100 < MOST_A_FILE, (few, many))

    def test_a_game(self):
        told = json.loads(self.good(fkvm("run", os.path.join(self.generate(20), "main.lua"), "--rooms", "2", "--players", "3",
                                         "--json")))
        self.assertEqual((told["games_over"], told["rooms_ended"], told["lua_errors"]), (2, 2, 0))
        self.assertEqual((told["criticals"], told["warnings"]), (0, 0))

    def test_skills_take_part(self):
        folder = self.generate(20)
        with open(os.path.join(folder, "look.lua"), "w", encoding="utf-8") as file:
            file.write("""
package.path = debug.getinfo(1, "S").source:match "^@(.*/)" .. "?.lua;" .. package.path
local board = require "board"
for index = 1, require "files" do require("packs.pack" .. index) end
function look(turns)
  local game = board.deal(1, 3)
  for _ = 1, turns do game:turn() end
  local uses, said = 0, 0
  for _, record in ipairs(game.records) do uses, said = uses + #record.uses, said + #record.said end
  return { #board.generals, #game.records, uses, said }
end""")
        look = lambda turns: json.loads(self.good(fkvm("call", os.path.join(folder, "look.lua"), "look", f"[{turns}]")))
        generals, records, uses, said = look(10)
        self.assertEqual((generals, records), (20, 10 * 3 * 8))
        self.assertGreater(uses, 20)
        self.assertGreater(said, 20)
        self.assertEqual(look(10), [generals, records, uses, said])

    @unittest.skipUnless(shutil.which("lua5.4"), "there is no lua5.4 here")
    def test_plain_lua(self):
        by_fkvm, by_lua = self.generate(3, "fkvm"), os.path.join(self.folder, "lua")
        os.mkdir(by_lua)
        script = os.path.join(SHARE, "generate.lua")
        subprocess.run(["lua5.4", script, by_lua, "3", GAME], check=True)
        self.assertEqual(contents(by_fkvm), contents(by_lua))
        done = subprocess.run(["lua5.4", script, by_lua], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("FOLDER FILES", done.stderr)


if __name__ == "__main__":
    unittest.main()
