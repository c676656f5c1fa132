#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Saves and results of many clients, through a restart of the server."""
import asyncio
import sqlite3
import tempfile
import unittest

from harness import Client, ServerTest

PLAYERS = 40
GAME = """
require "fk.freekill"
local thread
local rooms, wanted = {}, {}
function InitScheduler(t) thread = t end
local function tell(id, ...) rooms[id]:getPlayers():at(0):doNotify(...) end
local function load(id)
  local player, key = rooms[id]:getPlayers():at(0), table.remove(wanted[id], 1)
  if key == "mode" then player:getSaveState() elseif key then player:getGlobalSaveState(key) end
  if key then return end
  player:doNotify("Loaded", "all")
  return true
end
function HandleRequest(request)
  local id = math.tointeger(tonumber(request:match "^%-1,(%d+),newroom$"))
  if not id then return true end
  local room = thread:getRoom(id)
  local player = room:getPlayers():at(0)
  rooms[id] = room
  if room:settings() == "save" then
    local name = player:getScreenName()
    player:saveState("mode of " .. name)
    player:saveGlobalState("one", "one of " .. name)
    player:saveGlobalState("two", ("two of " .. name):rep(1000))
    room:updatePlayerWinRate(player:getId(), "", "lord", 1)
    player:doNotify("Saved", name)
  end
  wanted[id] = { "mode", "one", "two" }
  load(id)
  return true
end
function ResumeRoom(id, reason)
  tell(id, "Save", reason)
  return load(id)
end
"""


class Saves(ServerTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.script, self.database = self.folder.name + "/game.lua", self.folder.name + "/db.sqlite"
        with open(self.script, "w") as file:
            file.write(GAME)

    async def start_server(self):
        return await self.serve("--database", self.database, "--seats", "1", script=self.script)

    async def play(self, server, name, settings):
        """A whole game: the saves that it has read."""
        client = await Client.login(server, name)
        await client.open_room(1, settings=settings)
        await client.event("closed")
        client.vanish()
        saves = [message["payload"] for message in client.seen if message.get("notify") == "Save"]
        self.assertEqual(saves, [f"mode of {name}", f"one of {name}", f"two of {name}" * 1000])

    async def test_outlive_many_logins_and_a_restart(self):
        names = [f"Player {i}" for i in range(PLAYERS)]
        server = await self.start_server()
        for name in names[:5]:  # one after the other, so that each login finds the game before stored
            await self.play(server, name, "save")
        await asyncio.gather(*(self.play(server, name, "save") for name in names[5:]))
        await asyncio.gather(*(self.play(server, name, "") for name in names))
        self.assertEqual(await server.stop(), 0)
        self.assertEqual([line for line in server.log if " error " in line], [])

        server = await self.start_server()
        await asyncio.gather(*(self.play(server, name, "") for name in names))
        await self.play(server, "Later", "save")
        self.assertEqual(await server.stop(), 0)
        with sqlite3.connect(self.database) as database:
            wins = database.execute("SELECT count(*), min(win), max(win) FROM player_results").fetchone()
        self.assertEqual(wins, (PLAYERS + 1, 1, 1))

    async def test_that_fail_are_told(self):
        server = await self.start_server()
        client = await Client.login(server, "Ann")
        with sqlite3.connect(self.database) as database:
            database.execute("DROP TABLE saves")
        await client.open_room(1, settings="save")
        await client.until(lambda message: message.get("payload") == "query_failed")
        while not any("storage: data base" in line and "room=1" in line for line in server.log):
            await client.ask("ping")
        self.assertTrue(any("saves or results were not stored" in line for line in server.log))


if __name__ == "__main__":
    unittest.main()
