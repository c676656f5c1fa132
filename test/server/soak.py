#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server over many rooms: people who play, vanish, come back, observe, leave and surrender, with reloads and a
killed VM in between. In the end nothing is left over, and the server is as large as after 50 rooms.

usage: soak.py BUILD [ROOMS] [BACKEND...]
"""
import asyncio
import os
import random
import sys

CROWD = 20  # people at once


def configure(build):
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    os.environ.setdefault("FK_SERVER", build + "/examples/server/fk-server")
    os.environ.setdefault("FK_GAME", os.path.normpath(root + "/examples/cardgame/main.lua"))


class Soak:
    def __init__(self, server, rooms):
        self.server, self.left, self.rooms, self.lost, self.early, self.killed = server, rooms, rooms, 0, 0, None
        self.quarters = {rooms * quarter // 4: asyncio.Event() for quarter in (3, 2, 1)}

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def one_room(self, client, name, chance):
        from harness import Client
        client.open_question = None
        await client.open_room(chance.randint(2, 8))
        await client.ask("start")
        fate = chance.choice(["plays", "vanishes", "surrenders", "trusts"])
        if not client.open_question:
            await client.until(lambda message: "request" in message or message.get("event") == "closed")
        if fate == "vanishes":
            client.vanish()
            client = await Client.login(self.server, name, token=client.account["token"])
            if client.account["room"] == 0:
                return client
            await client.attempt("reconnect")
        elif fate != "plays":
            await client.attempt(*{"surrenders": ("surrender",), "trusts": ("trust",)}[fate],
                                 **({"on": True} if fate == "trusts" else {}))
        if not any(message.get("event") == "closed" for message in client.seen):
            client.seen.append(await client.play())
        self.lost += any(message.get("how") == "server error" for message in client.seen)
        return client

    async def person(self, number):
        from harness import Client
        chance = random.Random(number)
        name = f"Person {number}"
        client = await Client.login(self.server, name)
        while self.left > 0:
            self.left -= 1
            if self.left in self.quarters:
                self.quarters[self.left].set()
            client.seen.clear()
            client = await self.one_room(client, name, chance)
            if self.left == self.rooms - 50:
                self.early = self.resident()
        client.vanish()

    async def observer(self):
        from harness import Client
        client = await Client.login(self.server, "Observer")
        while self.left > 0:
            for room in (await client.ask("rooms"))["rooms"]:
                if "ok" in await client.attempt("observe", room=room["room"]):
                    await client.attempt("leave")
                client.seen.clear()

    async def administrator(self):
        for quarter, passed in enumerate(self.quarters.values()):
            await passed.wait()
            await self.server.admin("reload")
            if quarter == 1:
                await self.kill_one()

    async def kill_one(self):
        """A VM on which one room waits for an answer, so that it has at least that one."""
        from harness import Client
        hostage = await Client.login(self.server, "Hostage")
        room = await hostage.open_room(2, timeout=120)
        await hostage.ask("start")
        await hostage.question()
        self.killed = next(row["VM"] for row in await self.server.table("rooms") if int(row["room"]) == room)
        await self.server.admin(f"kill-vm {self.killed}")
        assert (await hostage.event("closed"))["how"] == "server error"
        self.lost += 1
        hostage.vanish()

    def check_losses(self, stat):
        """The server's count and its log agree: the rooms of that VM were lost, and no other; clients saw no more."""
        logged = [line for line in self.server.log if "room_ended" in line and 'how="server error"' in line]
        assert all(f"thread={self.killed} " in line for line in logged), logged
        assert 0 < self.lost <= len(logged), f"clients saw {self.lost} lost rooms, the log {len(logged)}"
        assert f"{len(logged)} lost, 1 death" in stat, stat


async def soak(rooms, backend):
    from harness import Client, Server, within
    os.environ["FK_VM_BACKEND"] = backend
    server = await Server.start("--threads", "2", "--watch", "0", "--log-level", "warning")
    run = Soak(server, rooms)
    await within(f"{rooms} rooms", asyncio.gather(run.observer(), run.administrator(), *(run.person(i) for i in range(CROWD))),
                 60 + rooms)
    witness = await Client.login(server, "Witness")
    while (await witness.ask("rooms"))["rooms"]:
        pass
    while len(await server.stat()) > 2:
        pass
    growth = run.resident() - run.early
    print(f"{backend}: {rooms} rooms, {run.lost} lost with the VM that was killed; the server has grown by {growth / 1e6:.2f} MB "
          f"since the 50th room, to {run.resident() / 1e6:.1f} MB", flush=True)
    assert backend != "process" or growth < 5e6 or rooms <= 50, "the server has grown"
    stat = await server.admin("stat")
    assert await server.stop() == 0
    run.check_losses(stat)


def main():
    configure(os.path.abspath(sys.argv[1]))
    rooms = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    for backend in sys.argv[3:] or ["embedded", "process"]:
        asyncio.run(soak(rooms, backend))


if __name__ == "__main__":
    main()
