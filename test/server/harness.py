# SPDX-License-Identifier: MIT
"""An fk-server under test, and clients for it. Every wait has a limit."""
import asyncio
import json
import os
import re
import signal
import unittest

PATIENCE = float(os.environ.get("FK_TEST_PATIENCE", "30"))  # seconds for anything to happen
PROGRAM = os.environ["FK_SERVER"]
GAME = os.environ["FK_GAME"]


async def within(what, coroutine, seconds=PATIENCE):
    try:
        return await asyncio.wait_for(coroutine, seconds)
    except asyncio.TimeoutError:
        raise AssertionError(f"{what}: not within {seconds} s") from None


class Server:
    """A running server; commands go to its admin shell."""

    @classmethod
    async def start(cls, *arguments, script=GAME, pace="0"):
        self = cls()
        self.log, self.clients = [], []
        command = [PROGRAM, script] if script else [PROGRAM]
        if each := os.environ.get("FK_TEST_ROOMS_PER_VM"):
            command += ["--rooms-per-vm", each]
        limits = ("--address-clients", "--address-accounts", "--address-rate", "--address-log")
        unlimited = [word for name in limits if name not in arguments for word in (name, "0")]
        self.process = await asyncio.create_subprocess_exec(
            *command, "--port", "0", "--shell", "--pace", pace, "--max-rate", "1000", *arguments, *unlimited,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            limit=1 << 24)
        self.reader = asyncio.create_task(self._read_log())
        first = (await within("the server's start", self.process.stdout.readline())).decode()
        if not first.startswith("fk-server listens on "):
            raise AssertionError(f"the server did not start: {await self.end_of_log()}")
        self.port = int(first.rsplit(":", 1)[1])
        return self

    async def _read_log(self):
        async for line in self.process.stderr:
            self.log.append(line.decode(errors="replace").rstrip())

    async def end_of_log(self):
        await within("the end of the log", self.reader)
        return "\n".join(self.log)

    async def admin(self, command, seconds=PATIENCE):
        self.process.stdin.write(command.encode() + b"\n")
        await self.process.stdin.drain()
        answer = []
        while line := (await within(command, self.process.stdout.readline(), seconds)).decode().rstrip("\n"):
            answer.append(line)
        return "\n".join(answer)

    async def table(self, command):
        """The rows of the table that a command shows, by their titles."""
        lines = (await self.admin(command)).splitlines()
        rule = next(i for i, line in enumerate(lines) if line.strip().startswith("──"))
        titles, *rows = [re.split(r"\s{2,}", line.strip()) for line in lines[rule - 1:rule] + lines[rule + 1:]]
        return [dict(zip(titles, row)) for row in rows]

    async def stat(self):
        """The rows of the VMs in `stat`."""
        return await self.table("stat")

    async def stop(self):
        for client in self.clients:
            client.vanish()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        code = await within("the server's end", self.process.wait())
        await self.end_of_log()
        return code


class Closed(Exception):
    """The server has closed the connection; its reason."""


class Client:
    """One connection. Messages that nobody waits for are kept in `seen`."""

    @classmethod
    async def connect(cls, server, address="127.0.0.1"):
        """From that address of this machine: all of 127.0.0.0/8 are."""
        self = cls()
        self.reader, self.writer = await within("connecting", asyncio.open_connection(
            "127.0.0.1", server.port, limit=1 << 24, local_addr=(address, 0)))
        self.seen = []
        self.last = 0
        self.open_question = None  # a request that has come and has no reply yet
        server.clients.append(self)
        return self

    @classmethod
    async def login(cls, server, name, address="127.0.0.1", **more):
        self = await cls.connect(server, address)
        self.name = name
        self.account = await self.ask("login", name=name, **more)
        return self

    @classmethod
    async def in_game(cls, server, name):
        """Who plays alone in a room of two, and has been asked."""
        self = await cls.login(server, name)
        self.room = await self.open_room(2)
        await self.ask("start")
        await self.question()
        return self

    def send(self, message):
        self.writer.write(json.dumps(message).encode() + b"\n")

    def send_raw(self, raw):
        self.writer.write(raw)

    async def read(self, seconds=PATIENCE):
        """The next message. Raises Closed."""
        try:
            line = await within("a message", self.reader.readline(), seconds)
        except ConnectionError:
            line = b""
        if not line:
            raise Closed("")
        message = json.loads(line)
        if "bye" in message:
            raise Closed(message["bye"])
        if "request" in message:
            self.open_question = message
        return message

    async def until(self, wanted, seconds=PATIENCE):
        """The next message for which wanted(message) is true."""
        async def wait():
            while True:
                message = await self.read(seconds)
                self.seen.append(message)
                if wanted(message):
                    return message
        return await within("the message that was waited for", wait(), seconds)

    async def attempt(self, what, **members):
        """Sends a message and returns its answer, a refusal perhaps."""
        self.last += 1
        self.send({"do": what, "id": self.last, **members})
        return await self.until(lambda message: message.get("id") == self.last)

    async def ask(self, what, **members):
        answer = await self.attempt(what, **members)
        if "ok" not in answer:
            raise AssertionError(f"{what}: {answer}")
        return answer

    async def refused(self, what, **members):
        answer = await self.attempt(what, **members)
        if "error" not in answer:
            raise AssertionError(f"{what} was not refused: {answer}")
        return answer["error"]

    async def event(self, what):
        return await self.until(lambda message: message.get("event") == what)

    async def open_room(self, seats=2, **more):
        return (await self.ask("create", seats=seats, **more))["room"]

    async def question(self):
        return self.open_question or await self.until(lambda message: "request" in message)

    def take_default(self, question):
        self.open_question = None
        reply = json.loads(question["payload"])["default"]
        self.send({"do": "reply", "number": question["number"], "reply": reply})

    async def play(self):
        """Answers every question with its default until the room is closed, and returns that event."""
        while True:
            if self.open_question:
                self.take_default(self.open_question)
            message = await self.read()
            if message.get("event") == "closed":
                return message

    async def closed(self):
        """Waits for the end of the connection and returns the server's reason."""
        try:
            while True:
                await self.read()
        except Closed as end:
            return str(end)

    def vanish(self):
        """Without a word, as a cable that is cut would look after a while."""
        self.writer.transport.abort()


async def play_alone(server, name, seats=2, **more):
    """A person in a room with computers: the event that ends it."""
    client = await Client.login(server, name)
    await client.open_room(seats, **more)
    await client.ask("start")
    end = await client.play()
    client.vanish()
    return end


class ServerTest(unittest.IsolatedAsyncioTestCase):
    """Starts servers that are stopped at the end of the test."""
    arguments = ()

    async def serve(self, *arguments, **more):
        asyncio.get_running_loop().set_debug(False)
        server = await Server.start(*self.arguments, *arguments, **more)
        self.addAsyncCleanup(server.stop)
        return server
