#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Starts that fail with a sentence that names the thing; fk-play; saves that outlive the server."""
import asyncio
import os
import socket
import subprocess
import tempfile
import unittest

from harness import GAME, PATIENCE, PROGRAM, Client, ServerTest, within

PLAY = os.environ["FK_PLAY"]


def run(*arguments, program=PROGRAM):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


class BadStarts(unittest.TestCase):
    def refused(self, code, *words, arguments):
        got, _, said = run(*arguments)
        self.assertEqual(got, code, said)
        for word in words:
            self.assertIn(word, said)
        self.assertEqual(said.count("fk-server: "), 1, said)

    def test_a_taken_port(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            self.refused(1, "127.0.0.1:" + port, "Address already in use", "--port", arguments=[GAME, "--port", port])
        self.refused(1, "nowhere", arguments=[GAME, "--listen", "nowhere"])

    def test_missing_files(self):
        self.refused(1, "/nonexistent/main.lua", arguments=["/nonexistent/main.lua"])
        self.refused(1, "/nonexistent", arguments=["main.lua", "--directory", "/nonexistent"])
        self.refused(2, "/nonexistent/packages/freekill-core", arguments=["--freekill", "/nonexistent"])
        self.refused(1, GAME + "/log", arguments=[GAME, "--log", GAME + "/log"])

    def test_an_unreadable_data_base(self):
        self.refused(1, GAME + "/base", arguments=[GAME, "--port", "0", "--database", GAME + "/base"])
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"this is no data base " * 100)
            file.flush()
            self.refused(1, file.name, arguments=[GAME, "--port", "0", "--database", file.name])

    def test_a_script_that_does_not_load(self):
        with tempfile.NamedTemporaryFile(suffix=".lua") as file:
            file.write(b"error(reason)")
            file.flush()
            self.refused(3, "not today", arguments=[file.name, "--port", "0", "--global", "reason=not today"])
            self.refused(3, "not today", arguments=[file.name, "--port", "0", "--globals", '{"reason":"not today"}'])
        self.refused(3, "nonsense", arguments=[GAME, "--port", "0", "--backend", "nonsense"])

    def test_a_wrong_command_line(self):
        self.refused(2, "which game?", arguments=[])
        self.refused(2, "--nonsense", arguments=[GAME, "--nonsense"])


class Records(ServerTest):
    async def test_a_record_is_one_line_of_the_log(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "main.lua")
            with open(script, "w", encoding="utf-8") as file:
                file.write('fk.critical("one\\nerror forged")\n')
            server = await self.serve(script=script)
            await server.stop()
        log = await server.end_of_log()
        lines = [line for line in log.splitlines() if "forged" in line]
        self.assertEqual(len(lines), 1, log)
        self.assertIn(r'text="one\nerror forged"', lines[0])


class SelfPlay(unittest.TestCase):
    def test_computers_alone(self):
        code, said, log = run(GAME, "--port", "0", "--self-play", "20", "--games", "60", "--seats", "4", "--pace", "0")
        self.assertEqual(code, 0, log)
        self.assertIn('"games":60,"over":60', said)


class Cores(ServerTest):
    async def cores_of_the_vm(self, *arguments):
        server = await self.serve(*arguments)
        pid = (await server.stat())[0]["pid"]
        return None if pid == "-" else os.sched_getaffinity(int(pid))

    async def test_share_core(self):
        shared = await self.cores_of_the_vm("--share-core")
        if shared is None:
            self.assertEqual(os.environ["FK_VM_BACKEND"], "embedded")
        else:
            self.assertEqual(len(shared), 1)
            self.assertEqual(await self.cores_of_the_vm(), os.sched_getaffinity(0))


class Persistence(ServerTest):
    async def test_the_same_name_has_the_same_id(self):
        with tempfile.TemporaryDirectory() as folder:
            ids = []
            for _ in range(2):
                server = await self.serve("--database", folder + "/base")
                for name in "Zoe", "Ann":
                    ids.append((await Client.login(server, name)).account["player"])
                self.assertEqual(await server.stop(), 0)
            self.assertEqual(ids[:2], ids[2:])
            self.assertNotEqual(ids[0], ids[1])


class Players(ServerTest):
    """fk-play at the server."""

    async def play(self, *arguments, keys=b""):
        process = await asyncio.create_subprocess_exec(
            PLAY, "--port", str(self.server.port), *arguments, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        said, _ = await asyncio.wait_for(process.communicate(keys), PATIENCE)
        return process.returncode, said.decode()

    async def asyncSetUp(self):
        self.server = await self.serve()

    async def test_by_itself(self):
        code, said = await self.play("--name", "Ann", "--create", "3", "--alone", "--auto", "--games", "2")
        self.assertEqual(code, 0, said)
        self.assertEqual(said.count(" wins"), 2)

    async def test_two_people_at_one_table(self):
        owner = asyncio.create_task(self.play("--name", "Ann", "--create", "2", "--auto", "--games", "1"))
        bo = await Client.login(self.server, "Bo")
        while not (rooms := (await bo.ask("rooms"))["rooms"]):
            pass
        room = str(rooms[0]["room"])
        code, said = await self.play("--name", "Cy", "--join", room, "--auto", "--games", "1")
        self.assertEqual((code, (await owner)[0]), (0, 0), said)

    async def test_from_a_keyboard(self):
        process = await asyncio.create_subprocess_exec(
            PLAY, "--port", str(self.server.port), "--name", "Ann", "--games", "1",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        keys = iter([b"/help\nwhat\n/nonsense\n/create 3\n/start\n", b"99\n0\n", b"\n", b"/trust\n"])
        said = []
        for prompt in "/create SEATS", "A number, or Enter", "A number, or Enter", "A number, or Enter":
            while prompt not in (said[-1] if said else ""):
                said.append((await within(prompt, process.stdout.readline())).decode())
            process.stdin.write(next(keys))
            said.append("")
        said.append((await within("the end of the game", process.stdout.read())).decode())
        said = "".join(said)
        self.assertEqual(await process.wait(), 0, said)
        for words in "Nothing is asked now", "/surrender", "You are in room ", "Your hand: ", "A number from 0 to", " wins":
            self.assertIn(words, said)

    async def test_no_server(self):
        code, _, said = await asyncio.to_thread(run, "--name", "Ann", "--port", "1", program=PLAY)
        self.assertEqual(code, 1)
        self.assertIn("no server answers at 127.0.0.1 port 1", said)


if __name__ == "__main__":
    unittest.main()
