#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Many rooms at once; players that vanish at every step of a request; observers that come and go."""
import asyncio
import unittest

from harness import Client, ServerTest, play_alone, within

ROOMS = 200


class Many(ServerTest):
    async def test_200_rooms_at_once(self):
        server = await self.serve("--threads", "2")
        people = [await Client.login(server, f"P{i}") for i in range(ROOMS)]
        for person in people:
            await person.open_room(2)
        for person in people:
            await person.ask("start")
        questions = await asyncio.gather(*(person.question() for person in people))
        self.assertEqual(sum(int(vm["rooms"]) for vm in await server.stat()), ROOMS)  # all wait for an answer
        for person, question in zip(people, questions):
            person.take_default(question)
        ends = await asyncio.gather(*(person.play() for person in people))
        self.assertEqual({end["how"] for end in ends}, {"over"})
        self.assertEqual([vm["lost"] for vm in await server.stat()], ["0", "0"])


class Vanishing(ServerTest):
    """Ann vanishes at a step; Bo's game goes on to its end, with the computer in her seat or with her back."""

    async def asyncSetUp(self):
        self.server = await self.serve()
        self.ann, self.bo = [await Client.login(self.server, name) for name in ("Ann", "Bo")]

    async def begin(self, first, second):
        room = await first.open_room(2)
        await second.ask("join", room=room)

    async def back(self):
        ann = await Client.login(self.server, "Ann", token=self.ann.account["token"])
        self.assertEqual(ann.account["room"] != 0, True)
        await ann.ask("reconnect")
        return ann

    async def test_before_the_game(self):
        await self.ann.open_room(3)
        self.ann.vanish()
        while (await self.bo.ask("rooms"))["rooms"]:
            pass
        self.assertEqual((await play_alone(self.server, "Ann"))["how"], "over")

    async def test_before_a_question(self):
        await self.begin(self.bo, self.ann)
        self.ann.vanish()
        self.assertEqual((await self.bo.play())["how"], "over")

    async def test_while_asked(self):
        await self.begin(self.ann, self.bo)
        await self.ann.question()
        self.ann.vanish()
        self.assertEqual((await self.bo.play())["how"], "over")

    async def test_in_the_middle_of_a_reply(self):
        await self.begin(self.ann, self.bo)
        question = await self.ann.question()
        self.ann.send_raw(b'{"do":"reply","number":%d,"rep' % question["number"])
        await self.ann.writer.drain()
        self.ann.vanish()
        self.assertEqual((await self.bo.play())["how"], "over")

    async def test_right_after_a_reply(self):
        await self.begin(self.ann, self.bo)
        self.ann.take_default(await self.ann.question())
        await self.ann.writer.drain()
        self.ann.vanish()
        self.assertEqual((await self.bo.play())["how"], "over")

    async def test_and_comes_back_to_the_table(self):
        await self.begin(self.ann, self.bo)
        await self.ann.question()
        self.ann.vanish()
        playing = asyncio.create_task(self.bo.play())
        ann = await self.back()
        self.assertTrue(any(message.get("notify") == "Table" for message in ann.seen))
        self.assertEqual((await ann.play())["how"], "over")
        self.assertEqual((await within("Bo's game", playing))["how"], "over")

    async def test_and_another_connection_takes_over_while_asked(self):
        await self.begin(self.ann, self.bo)
        await self.ann.question()
        playing = asyncio.create_task(self.bo.play())
        ann = await self.back()
        self.assertEqual((await ann.play())["how"], "over")
        self.assertEqual((await within("Bo's game", playing))["how"], "over")

    async def test_everybody(self):
        await self.begin(self.ann, self.bo)
        await self.ann.question()
        self.ann.vanish()
        self.bo.vanish()
        cy = await Client.login(self.server, "Cy")
        while (await cy.ask("rooms"))["rooms"]:
            pass  # computers play on for those who are offline, to the end


class Observers(ServerTest):
    async def test_come_and_go(self):
        server = await self.serve()
        ann = await Client.login(server, "Ann")
        room = await ann.open_room(4, timeout=60)
        await ann.ask("start")
        asked = await ann.question()
        observers = [await Client.login(server, f"O{i}") for i in range(20)]
        for observer in observers:
            await observer.ask("observe", room=room)
            self.assertTrue(any(message.get("notify") == "Table" for message in observer.seen))
        self.assertEqual((await ann.ask("rooms"))["rooms"][0]["observers"], 20)
        self.assertEqual(await observers[0].refused("surrender"), "you play in no room")
        for observer in observers[:5]:
            await observer.ask("leave")
        for observer in observers[5:10]:
            observer.vanish()
        await observers[0].ask("observe", room=room)
        while (await ann.ask("rooms"))["rooms"][0]["observers"] != 11:
            pass
        ann.take_default(asked)
        watching = observers[10:] + observers[:1]
        ends = await asyncio.gather(ann.play(), *(observer.event("closed") for observer in watching))
        self.assertEqual({end["how"] for end in ends}, {"over"})
        for observer in watching:
            commands = {message.get("notify") for message in observer.seen}
            self.assertLessEqual({"Table", "State", "Log", "Move", "GameOver"}, commands)
            self.assertNotIn("Hand", commands)

    async def test_stream_by_while_a_game_runs(self):
        server = await self.serve()
        stop = False

        async def stream(name):
            watched = 0
            client = await Client.login(server, name)
            while not stop:
                for room in (await client.ask("rooms"))["rooms"]:
                    if "ok" in await client.attempt("observe", room=room["room"]):
                        watched += 1
                        await client.attempt("leave")  # refused if the game has just ended
            return watched

        streams = [asyncio.create_task(stream(f"S{i}")) for i in range(5)]
        ends = [await play_alone(server, f"P{i}", 4) for i in range(5)]
        stop = True
        watched = await asyncio.gather(*streams)
        self.assertEqual({end["how"] for end in ends}, {"over"})
        self.assertGreater(sum(watched), 5)


if __name__ == "__main__":
    unittest.main()
