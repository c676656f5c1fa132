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
    os.environ.setdefault("FK_SERVER", build + "/bindings/room/server/fk-server")
    os.environ.setdefault("FK_GAME", os.path.normpath(root + "/examples/cardgame/main.lua"))


class Soak:
    def __init__(self, server, rooms):
        self.server, self.left, self.rooms, self.lost, self.early = server, rooms, rooms, 0, 0
        self.quarters = {rooms * quarter // 4: asyncio.Event() for quarter in (3, 2, 1)}

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def one_room(self, client, name, chance):
        from harness import Client
        await client.open_room(chance.randint(2, 8))
        await client.ask("start")
        fate = chance.choice(["plays", "vanishes", "surrenders", "trusts"])
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
        for quarter in self.quarters.values():
            await quarter.wait()
            await self.server.admin("reload")
        running = [vm["VM"] for vm in await self.server.stat() if vm["state"] == "running"]
        await self.server.admin(f"kill-vm {running[0]}")


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
    assert run.lost <= CROWD, "more rooms were lost than one VM had"
    assert backend != "process" or growth < 5e6 or rooms <= 50, "the server has grown"
    assert await server.stop() == 0


def main():
    configure(os.path.abspath(sys.argv[1]))
    rooms = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    for backend in sys.argv[3:] or ["embedded", "process"]:
        asyncio.run(soak(rooms, backend))


if __name__ == "__main__":
    main()
