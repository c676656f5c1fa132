#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Clients of every kind: the lobby, whole games, and clients that mean harm and touch nobody else."""
import asyncio
import json
import socket
import tempfile
import unittest

from harness import Client, Closed, ServerTest, play_alone


class Lobby(ServerTest):
    async def test_who_is_who(self):
        server = await self.serve()
        ann = await Client.login(server, "Ann")
        self.assertEqual(await ann.refused("login", name="Bo"), "this connection has logged in")
        again = await Client.connect(server)
        self.assertIn("Ann is here already", await again.refused("login", name="Ann"))
        self.assertIn("Ann is here already", await again.refused("login", name="Ann", token="guess"))
        for name in ("", " ", "\x1b[31m", "x" * 33, "a\x9b31m", "Ann\u202ennA", "\u2066Ann", "A\u200bnn", "\ufeffAnn",
                     "\u3000", "\u3164", "Ann\u2028", {"$bytes": "m0Fubg=="}):
            self.assertIn("a name has 1 to 32 bytes", await again.refused("login", name=name))
        for name in "Zoë", "王小明", "Ανν", "آن", "Ann 🂡":
            self.assertIn("player", await (await Client.connect(server)).ask("login", name=name))
        self.assertEqual(await again.refused("rooms"), "log in first")
        same = await again.ask("login", name="Ann", token=ann.account["token"])
        self.assertEqual(same["player"], ann.account["player"])
        self.assertEqual(await ann.closed(), "you have logged in from elsewhere")
        await again.ask("ping")

    async def test_unknown_and_impossible_things_are_answered(self):
        server = await self.serve("--max-rooms", "2", "--max-seats", "4")
        ann, bo, cy = [await Client.login(server, name) for name in ("Ann", "Bo", "Cy")]
        self.assertEqual(await ann.refused("join", room=9), "there is no room 9")
        self.assertEqual(await ann.refused("observe", room=-1), "there is no room -1")
        self.assertEqual(await ann.refused("leave"), "you are in no room")
        self.assertEqual(await ann.refused("start"), "you are in no room")
        for what in "surrender", "reconnect":
            self.assertEqual(await ann.refused(what), "you play in no room")
        self.assertEqual(await ann.refused("trust", on=True), "you play in no room")
        self.assertEqual(await ann.refused("reply", number=1, reply=""), "you play in no room")
        self.assertEqual(await ann.refused("create", seats=5), "seats must be 1 to 4, not 5")
        self.assertEqual(await ann.refused("create", timeout=1), "timeout must be 3 to 300, not 1")
        room = await ann.open_room(2)
        self.assertEqual(await ann.refused("create"), f"you are in room {room} already")
        self.assertEqual(await ann.refused("join", room=room), f"you are in room {room} already")
        self.assertEqual(await bo.refused("observe", room=room), f"room {room} has not begun: join it")
        await bo.open_room(3)
        self.assertEqual(await cy.refused("create"), "the server is full: it has 2 rooms")

    async def test_rooms_fill_and_begin(self):
        server = await self.serve()
        ann, bo, cy = [await Client.login(server, name) for name in ("Ann", "Bo", "Cy")]
        room = await ann.open_room(2, name="Coast", timeout=20)
        listed = (await cy.ask("rooms"))["rooms"]
        self.assertEqual(listed, [{"room": room, "name": "Coast", "owner": ann.account["player"], "seats": 2,
                                   "playing": False, "players": ["Ann"], "observers": 0}])
        await bo.ask("join", room=room)
        self.assertIn("plays already", await cy.refused("join", room=room))
        ends = await asyncio.gather(ann.play(), bo.play())
        self.assertEqual([end["how"] for end in ends], ["over", "over"])
        self.assertEqual((await cy.ask("rooms"))["rooms"], [])

    async def test_the_owner_leaves_a_room_that_waits(self):
        server = await self.serve()
        ann, bo = [await Client.login(server, name) for name in ("Ann", "Bo")]
        room = await ann.open_room(3)
        await bo.ask("join", room=room)
        self.assertEqual(await bo.refused("start"), "only the owner starts the game")
        await ann.ask("leave")
        await bo.until(lambda m: m.get("event") == "room" and m["room"]["owner"] == bo.account["player"])
        bo.vanish()
        while (await ann.ask("rooms"))["rooms"]:
            pass
        self.assertEqual(await ann.refused("join", room=room), f"there is no room {room}")

    async def test_trust_surrender_and_leave(self):
        server = await self.serve()
        ann, bo = [await Client.login(server, name) for name in ("Ann", "Bo")]
        room = await ann.open_room(2)
        await bo.ask("join", room=room)
        await ann.ask("trust", on=True)
        await bo.ask("surrender")
        self.assertEqual((await ann.event("closed"))["how"], "over")
        self.assertEqual((await bo.play())["room"], room)

        room = await ann.open_room(3)
        await bo.ask("join", room=room)
        await ann.ask("start")
        await bo.ask("leave")
        self.assertEqual((await bo.ask("rooms"))["rooms"][0]["players"], ["Ann"])
        self.assertEqual((await ann.play())["how"], "over")

    async def test_trust_and_back(self):
        server = await self.serve()
        ann, bo = [await Client.login(server, name) for name in ("Ann", "Bo")]
        await bo.ask("join", room=await ann.open_room(2))
        await ann.question()
        await ann.ask("trust", on=True)
        ann.open_question = None
        await ann.ask("trust", on=False)
        playing = asyncio.create_task(bo.play())
        await ann.question()
        self.assertEqual((await ann.play())["how"], "over")
        await playing

    async def test_an_admin_looks_and_kicks(self):
        server = await self.serve(pace="1")
        ann = await Client.login(server, "Ann")
        room = await ann.open_room(2)
        await ann.ask("start")
        await ann.question()
        self.assertIn("Ann", await server.admin("players"))
        self.assertIn("Ann", await server.admin("rooms"))
        described = await server.admin(f"room {room}")
        self.assertIn('the script\'s view: {', described)
        self.assertIn('"game":"Tidefall"', described)
        for command, answer in {"room 99": "there is no room 99", "room x": "which room? Give its number",
                                "kick 99": "there is no player 99", "kick": "which player? Give its number",
                                "kill-vm 99": "there is no VM 99", "RoomList()": "there is no command RoomList()",
                                "": ""}.items():
            self.assertTrue((await server.admin(command)).startswith(answer), command)
        self.assertIn("is out", await server.admin(f"kick {ann.account['player']}"))
        self.assertEqual(await ann.closed(), "an administrator has ended your connection")


class OneAddress(ServerTest):
    """127.0.0.1 and 127.0.0.2 are two."""

    async def test_has_so_many_clients(self):
        server = await self.serve("--address-clients", "3")
        first, *_ = [await Client.connect(server) for _ in range(3)]
        reason = "there are 3 clients of your address, the most that may be"
        self.assertEqual(await (await Client.connect(server)).closed(), reason)
        other = await Client.login(server, "Bo", "127.0.0.2")
        first.vanish()
        while True:  # until the server has noticed
            late = await Client.connect(server)
            late.send({"do": "login", "name": "Ann"})
            try:
                self.assertIn("ok", await late.read())
                break
            except Closed as closed:
                self.assertEqual(str(closed), reason)
        await other.ask("ping")

    async def test_comes_so_often(self):
        server = await self.serve("--address-rate", "2")
        turned_away = 0
        for _ in range(20):
            try:
                client = await Client.connect(server)
                client.send({"do": "ping"})
                await client.read()
            except (Closed, ConnectionError):
                turned_away += 1
        self.assertGreater(turned_away, 10)
        await (await Client.login(server, "Bo", "127.0.0.2")).ask("ping")
        await server.stop()
        self.assertTrue(any("turned_away from=127.0.0.1 " in line for line in server.log), server.log)

    async def test_fills_so_much_of_the_log(self):
        server = await self.serve("--address-log", "2")
        for i in range(20):
            await (await Client.login(server, f"A{i}")).ask("ping")
        await Client.login(server, "Bo", "127.0.0.2")
        await server.stop()
        self.assertLess(sum("from=127.0.0.1" in line for line in server.log), 10)
        self.assertTrue(any("name=Bo from=127.0.0.2" in line for line in server.log), server.log)

    async def test_makes_so_many_accounts(self):
        server = await self.serve("--address-accounts", "3")
        for i in range(3):
            (await Client.login(server, f"A{i}")).vanish()
        late = await Client.connect(server)
        self.assertIn("3 new accounts within an hour", await late.refused("login", name="A3"))
        self.assertIn("3 new accounts within an hour", await late.refused("login", name="A3"))
        other = await Client.login(server, "A3", "127.0.0.2")
        self.assertEqual(other.account["player"], 4)  # none was made for those that were refused
        while "ok" not in await late.attempt("login", name="A1"):  # who was here before, once that one has gone
            pass


class Shown(ServerTest):
    SCRIPT = r"""
    function InitScheduler() end
    function HandleRequest()
      print("a\u{9b}31mb \u{202e}c \u{e0041}d")
      print(("x"):rep(100000))
      error "e\u{200b}f"
    end
    """

    async def test_what_scripts_print_steers_no_terminal(self):
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
            file.write(self.SCRIPT)
            file.flush()
            for form in "text", "json":
                server = await self.serve("--seats", "1", "--log-format", form, script=file.name)
                ann = await Client.login(server, "Ann")
                await ann.open_room(1)
                await ann.event("closed")
                await server.stop()
                log = "\n".join(server.log)
                for harmful in "\x9b\u202e\U000e0041\u200b":
                    self.assertNotIn(harmful, log)
                self.assertIn(r"a\u009b31mb \u202ec \udb40\udc41d", log)
                self.assertIn(r"e\u200bf", log)
                self.assertIn("... (83616 bytes more)", log)
                if form == "json":
                    self.assertTrue(any("a\x9b31mb \u202ec \U000e0041d" == json.loads(line).get("text")
                                        for line in server.log if line.startswith("{")))


class Hostile(ServerTest):
    async def asyncSetUp(self):
        self.server = await self.serve("--max-line", "4096", "--max-clients", "50")
        self.witness = asyncio.create_task(play_alone(self.server, "Witness", 4))

    async def asyncTearDown(self):
        self.assertEqual((await self.witness)["how"], "over")
        self.assertEqual((await play_alone(self.server, "Later"))["how"], "over")

    async def reason_for(self, raw, logged_in=True):
        client = await (Client.login(self.server, "Mallory") if logged_in else Client.connect(self.server))
        client.send_raw(raw)
        return await client.closed()

    async def test_what_is_no_message(self):
        for logged_in in False, True:
            for raw, reason in {
                b"hello\n": "not JSON", b"\n": "not JSON", b"\0\n": "not JSON", b'{"do":"ping"\n': "not JSON",
                b'{"do":"ping"}{"do":"ping"}\n': "not JSON", b'{"do":"ping","do":"ping"}\n': "not JSON",
                b"[" * 4000 + b"\n": "not JSON", b"\xff\xfe\n": "not JSON", b'{"do":"\xc3("}\n': "not JSON",
                b"7\n": "a message must be an object", b"[]\n": ".do must be a string", b"{}\n": ".do must be a string",
                b'{"do":7}\n': ".do must be a string", b'{"do":"ping","id":"x"}\n': ".id must be an integer",
                b'{"do":"dance"}\n': 'no message "dance"', b'{"do":"login"}\n': ".name must be a string",
                b'{"do":"login","name":7}\n': ".name must be a string",
            }.items():
                if logged_in and b"login" in raw:
                    continue
                self.assertIn(reason, await self.reason_for(raw, logged_in), raw[:60])

    async def test_wrong_members(self):
        for message, reason in (({"do": "join"}, "join.room must be"), ({"do": "join", "room": "1"}, "join.room must be"),
                                ({"do": "join", "room": 2**40}, "join.room must be an integer of 32 bits"),
                                ({"do": "create", "seats": 2.5}, "create.seats must be"),
                                ({"do": "trust", "on": 1}, "trust.on must be"),
                                ({"do": "observe", "room": None}, "observe.room must be"),
                                ({"do": "reply", "number": {}, "reply": ""}, "reply.number must be")):
            # A player without a seat is told so first where nothing is taken from the message before.
            self.assertIn(reason, await self.reason_for(json.dumps(message).encode() + b"\n"))

    async def test_too_long_too_many(self):
        self.assertIn("longer than 4096 bytes", await self.reason_for(b"x" * 5000))
        self.assertIn("longer than 4096 bytes", await self.reason_for(b" " * 10_000_000))
        self.assertIn("messages a second", await self.reason_for(b'{"do":"ping"}\n' * 20_000))

    async def test_a_flood_of_connections(self):
        crowd = [await Client.connect(self.server) for _ in range(60)]
        ends = await asyncio.gather(*(client.closed() for client in crowd[55:]))
        self.assertEqual(set(ends), {"the server is full: it has 50 clients"})
        for client in crowd:
            client.vanish()

    async def test_half_a_message_and_gone(self):
        for raw in b"", b"{", b'{"do":"login","name":"Mallory"}', b'{"do":"ping"}\n{':
            client = await Client.connect(self.server)
            client.send_raw(raw)
            client.vanish()
        client = await Client.connect(self.server)
        client.send_raw(b'{"do":"login","name":"Bytes"}\n'[:1])
        for byte in b'{"do":"login","name":"Bytes"}\n'[1:]:
            client.send_raw(bytes([byte]))
            await asyncio.sleep(0)
        self.assertEqual((await client.read())["ok"], "login")


class Slow(ServerTest):
    async def test_who_says_nothing(self):
        server = await self.serve("--login-time", "0.2", "--idle-time", "0.4")
        silent = await Client.connect(server)
        self.assertIn("no login within", await silent.closed())
        idle = await Client.login(server, "Idle")
        self.assertIn("nothing was heard for", await idle.closed())

    async def test_who_does_not_read(self):
        server = await self.serve("--max-queue", "100000")  # more than a game says at once
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        raw.setblocking(False)
        self.addCleanup(raw.close)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", server.port))
        await loop.sock_sendall(raw, b'{"do":"login","name":"Lurker"}\n{"do":"create"}\n' + b'{"do":"rooms"}\n' * 20000)
        self.assertEqual((await play_alone(server, "Ann", 4))["how"], "over")
        while not any("wait for this client to read them" in line for line in server.log):
            await (await Client.login(server, "Bo")).ask("ping")


if __name__ == "__main__":
    unittest.main()
