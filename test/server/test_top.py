#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fk-server --status: what a status socket tells is what the admin shell says, and a VM that an operator closes is replaced."""
from harness import Server, within
import asyncio
import json
import os
import tempfile
import unittest

PROCESS = os.environ["FK_VM_BACKEND"] == "process"


class Top(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "status.sock")

    async def server(self, *arguments):
        server = await Server.start("--status", self.path, *arguments)
        self.addAsyncCleanup(server.stop)
        reader, writer = await within("a connection", asyncio.open_unix_connection(self.path, limit=1 << 24))
        self.addCleanup(writer.close)

        async def ask(**request):
            writer.write(json.dumps(request).encode() + b"\n")
            return json.loads(await within("an answer", reader.readline()))
        self.ask = ask
        return server

    async def until(self, wanted):
        """The VMs, once wanted(them) is true; a hang is the test's end."""
        while not wanted(vms := (await self.ask(ask="list"))["vms"]):
            await asyncio.sleep(0.01)
        return vms

    async def test_it_tells_what_the_shell_tells(self):
        server = await self.server("--self-play", "3", "--threads", "1")
        vms = await within("games", self.until(lambda vms: sum(vm["calls"] for vm in vms) > 50))
        vms = await within("rooms", self.until(lambda vms: any(vm["label"] == "thread 1: 3 rooms" for vm in vms)))
        self.assertGreater(sum(vm["host_notifies"] for vm in vms), 0)
        if PROCESS:
            self.assertEqual({vm["pid"] for vm in vms}, {int(row["pid"]) for row in await server.stat()})

    async def test_a_closed_vm_is_replaced(self):
        server = await self.server("--threads", "1")
        vm, = await within("a VM", self.until(lambda vms: len(vms) == 1))
        self.assertEqual(vm["label"], "thread 1: 0 rooms")
        self.assertEqual(await self.ask(ask="close", vm=vm["vm"]), {"done": True, "note": ""})
        await within("another", self.until(
            lambda vms: any(other["vm"] != vm["vm"] and other["state"] == "idle" for other in vms)))
        while not any("closed by an operator" in line for line in server.log):
            await asyncio.sleep(0.01)
        self.assertEqual(await server.stop(), 0)
        self.assertFalse(os.path.exists(self.path))

    async def test_a_live_socket_is_refused(self):
        await self.server()
        with self.assertRaisesRegex(AssertionError, "another process listens there"):
            await Server.start("--status", self.path)


if __name__ == "__main__":
    unittest.main()
