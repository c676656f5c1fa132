#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rooms with VMs of their own: what an administrator sees and does, and what a full server says."""
import unittest

from harness import Client, ServerTest


class Fleets(ServerTest):
    async def begin(self, server, name):
        person = await Client.in_game(server, name)
        return person, await person.question()

    async def test_a_vm_for_each_room(self):
        server = await self.serve("--rooms-per-vm", "1", "--spares", "1", "--memory-budget", "2000")
        games = [await self.begin(server, name) for name in ("Ann", "Bo", "Cy")]
        rows = await server.table("vms")
        rooms = {row["rooms"]: row["VM"] for row in rows}
        self.assertEqual(len(set(rooms.values()) - {rooms.get("spare")}), 3)
        self.assertIn("of the budget of", await server.admin("vms"))
        (ann, _), *others = games
        self.assertIn("is killed", await server.admin(f"kill-room {ann.room}"))
        self.assertIn("plays on no VM", await server.admin("kill-room 99"))
        self.assertEqual((await ann.event("closed"))["how"], "server error")
        for person, question in others:
            person.take_default(question)
            self.assertEqual((await person.play())["how"], "over")
        row, = await server.stat()
        self.assertEqual((row["lost"], row["ended"]), ("1", "2"))
        self.assertEqual((await self.begin(server, "Di"))[1]["request"], "Choose")

    async def test_a_budget_that_is_used_up(self):
        server = await self.serve("--rooms-per-vm", "1", "--spares", "0", "--room-wait", "0", "--memory-budget", "20")
        await self.begin(server, "Ann")
        bo = await Client.login(server, "Bo")
        await bo.open_room(2)
        self.assertIn("the memory budget of 20 MB is used up: 1 VM holds", await bo.refused("start"))


if __name__ == "__main__":
    unittest.main()
