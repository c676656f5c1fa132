#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""New scripts and dead VMs in the middle of 100 running rooms."""
import asyncio
import os
import shutil
import signal
import tempfile
import time
import unittest

from harness import GAME, Client, ServerTest, play_alone

ROOMS = 100
SORRY = "Server error: this game was lost. All other games play on."


class Busy(ServerTest):
    async def fill(self, server):
        """ROOMS rooms of one person each, with a question open. Returns people and questions."""
        people = [await Client.login(server, f"P{i}") for i in range(ROOMS)]
        for person in people:
            person.room = await person.open_room(2, timeout=120)
            await person.ask("start")
        questions = await asyncio.gather(*(person.question() for person in people))
        return people, questions

    async def finish(self, people, questions):
        for person, question in zip(people, questions):
            person.take_default(question)
        ends = await asyncio.gather(*(person.play() for person in people))
        return [end["how"] for end in ends]


class Update(Busy):
    async def test_reload_loses_no_room(self):
        server = await self.serve("--watch", "0")
        people, questions = await self.fill(server)
        self.assertIn("new rooms open on new VMs", await server.admin("reload"))
        while (await server.stat())[0]["state"] != "draining":
            pass
        draining, fresh = await server.stat()
        self.assertEqual((draining["rooms"], fresh["state"], fresh["rooms"]), (str(ROOMS), "running", "0"))
        new = await Client.login(server, "New")
        await new.open_room(2)
        await new.ask("start")
        playing = asyncio.create_task(new.play())
        self.assertEqual(await self.finish(people, questions), ["over"] * ROOMS)
        self.assertEqual((await playing)["how"], "over")
        while len(rows := await server.stat()) > 1:
            pass
        self.assertEqual((rows[0]["VM"], rows[0]["lost"]), (fresh["VM"], "0"))
        if draining["pid"] != "-":
            self.assertFalse(os.path.exists(f"/proc/{draining['pid']}"))

    async def test_changed_files_are_noticed(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        game = shutil.copytree(os.path.dirname(GAME), folder + "/game")
        server = await self.serve("--watch", "20", script=game + "/main.lua")
        people, questions = await self.fill(server)
        with open(game + "/main.lua", "a") as script:
            script.write("\nfunction RoomInfo(id) return 'changed' end\n")
        while "version 2" not in await server.admin("stat"):
            pass
        new = await Client.login(server, "New")
        room = await new.open_room(2)
        await new.ask("start")
        self.assertIn("changed", await server.admin(f"room {room}"))
        self.assertEqual(await self.finish(people, questions), ["over"] * ROOMS)

        with open(game + "/main.lua", "a") as script:
            script.write("this is no Lua")
        self.assertIn("main.lua", await server.admin("reload"))
        self.assertEqual((await play_alone(server, "Later"))["how"], "over")

    async def test_another_backend(self):
        server = await self.serve()
        self.assertIn("nonsense", await server.admin("backend nonsense"))
        names = [row["backend"] for row in await server.stat()]
        self.assertIn("embedded", await server.admin("backend"))
        await server.admin("backend embedded")
        while [row["backend"] for row in await server.stat()] != ["embedded"]:
            pass
        self.assertEqual((await play_alone(server, "Ann"))["how"], "over")
        self.assertEqual(len(names), 1)


class Death(Busy):
    async def divide(self, server, people, doomed):
        """Those whose rooms are on that VM, and the others."""
        vms = {int(row["room"]): row["VM"] for row in await server.table("rooms")}
        on_it = [person for person in people if vms[person.room] == doomed["VM"]]
        self.assertEqual(len(on_it), int(doomed["rooms"]))
        return on_it, [person for person in people if person not in on_it]

    async def die(self, kill):
        """Two VMs with 100 rooms that all wait for people, one of which dies by kill(server, row)."""
        server = await self.serve("--threads", "2", "--watch", "0")
        people, questions = await self.fill(server)
        doomed, other = await server.stat()
        lost, others = await self.divide(server, people, doomed)
        self.assertEqual((len(lost) + len(others), len(others)), (ROOMS, int(other["rooms"])))
        self.assertTrue(lost and others)
        outsider = await Client.login(server, "Outsider")
        begin = time.monotonic()
        await kill(server, doomed)
        await outsider.ask("ping")
        self.assertLess(time.monotonic() - begin, 1)
        ends = await asyncio.gather(*(person.event("closed") for person in lost))  # though nobody asks the VM for anything
        self.assertEqual({(end["how"], end["reason"]) for end in ends}, {("server error", SORRY)})
        asked = dict(zip(people, questions))
        self.assertEqual(await self.finish(others, [asked[person] for person in others]), ["over"] * len(others))
        for person in lost:
            await person.ask("ping")
            self.assertEqual(sum(message.get("event") == "closed" for message in person.seen), 1)
        self.assertIn(f"{len(lost)} lost, 1 death", await server.admin("stat"))
        self.assertEqual((await play_alone(server, "Later"))["how"], "over")  # on the VM in its place
        while len([row for row in await server.stat() if row["state"] == "running"]) < 2:
            pass

    async def test_by_an_admin(self):
        async def kill(server, row):
            self.assertIn("is killed", await server.admin(f"kill-vm {row['VM']}"))
        await self.die(kill)

    @unittest.skipIf(os.environ.get("FK_VM_BACKEND") == "embedded", "an embedded VM has no process of its own")
    async def test_by_a_signal(self):
        async def kill(server, row):
            os.kill(int(row["pid"]), signal.SIGKILL)
        await self.die(kill)


if __name__ == "__main__":
    unittest.main()
