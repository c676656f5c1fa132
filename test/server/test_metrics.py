#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fk-server --metrics: what Prometheus asks for over HTTP is answered, and what it tells is so."""
from harness import Server, within
import asyncio
import os
import re
import shutil
import subprocess
import unittest


async def get(port, request="GET /metrics HTTP/1.0\r\n\r\n"):
    """Head and body of what is answered; the server ends the connection."""
    reader, writer = await within("a connection", asyncio.open_connection("127.0.0.1", port))
    writer.write(request.encode())
    answer = (await within("an answer", reader.read())).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return head, body


def value(body, metric):
    found = re.search("^" + re.escape(metric) + r" (\S+)$", body, re.M)
    return float(found.group(1)) if found else None


class Metrics(unittest.IsolatedAsyncioTestCase):
    async def server(self, *arguments):
        server = await Server.start("--metrics", "0", *arguments)
        self.addAsyncCleanup(server.stop)
        await within("the place", self.told(server, "metrics"))
        self.port = int(re.search(r"metrics.*127\.0\.0\.1:(\d+)", "\n".join(server.log)).group(1))
        return server

    async def told(self, server, word):
        while not any(word in line for line in server.log):
            await asyncio.sleep(0.01)

    async def test_formats(self):
        await self.server()
        head, body = await get(self.port)
        self.assertTrue(head.startswith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"), head)
        self.assertIn(f"Content-Length: {len(body.encode())}", head)
        self.assertEqual((value(body, "fkserver_clients"), value(body, "fkserver_vm_restarts_total")), (0, 0))
        self.assertEqual(value(body, f'fkvm_vms{{backend="{os.environ["FK_VM_BACKEND"]}",state="dead"}}'), 0)
        if shutil.which("promtool"):
            done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        head, body = await get(self.port, "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text;version=1.0.0,*/*;q=0.1\r\n\r\n")
        self.assertIn("Content-Type: application/openmetrics-text; version=1.0.0", head)
        self.assertTrue(body.endswith("\n# EOF\n"))
        self.assertIn("# TYPE fkserver_vm_restarts counter\n", body)

    async def test_other_requests(self):
        await self.server()
        for request, status in (("GET / HTTP/1.0\r\n\r\n", "404"), ("POST /metrics HTTP/1.0\r\n\r\n", "405"), ("\r\n\r\n", "400"), ("GET \r\n\r\n", "400"), ("GET /other HTTP/1.0\r\n\r\n", "404")):
            self.assertIn(status, (await get(self.port, request))[0])
        self.assertRegex((await get(self.port, "x" * 100000))[0], "^HTTP/1.1 4(00|31) ")
        self.assertIn("200 OK", (await get(self.port))[0])

    async def test_who_says_nothing_holds_up_nobody(self):
        server = await self.server()
        silent = [await asyncio.open_connection("127.0.0.1", self.port) for _ in range(3)]
        self.assertIn("200 OK", (await get(self.port))[0])
        self.assertEqual(await server.stop(), 0)
        for reader, writer in silent:
            self.assertEqual(await within("the end", reader.read()), b"")
            writer.close()

    async def test_games_are_counted(self):
        server = await self.server("--self-play", "1")
        calls = 0
        while calls < 50:  # a hang is the test's end
            _, body = await within("metrics", get(self.port))
            calls = sum(float(n) for n in re.findall(r'^fkvm_calls_total\{.*\} (\S+)$', body, re.M))
        self.assertEqual(value(body, "fkserver_rooms"), 1)
        self.assertGreater(value(body, 'fkvm_host_method_duration_seconds_count{method="ServerPlayer_doNotify"}'), 0)
        self.assertIsNotNone(server)

    async def test_address(self):
        for place in ("x", "1.2.3.4.5:7", "127.0.0.1:", "70000", ""):
            if place:
                with self.assertRaisesRegex(AssertionError, "neither a port nor an IP address"):
                    await Server.start("--metrics", place)


if __name__ == "__main__":
    unittest.main()
