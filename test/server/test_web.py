#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fk-server --web without a browser: who is let in, what may be asked, and that the page says what the
admin shell says."""
import asyncio
import os
import pathlib
import re
import signal
import stat
import tempfile
import unittest

from harness import Client, Server, within
from page import Page, table, text

FILES = pathlib.Path(__file__).parents[2] / "examples/server/web"


class Web(unittest.IsolatedAsyncioTestCase):
    async def serve(self, *arguments, **more):
        return await Page.serve(self, *arguments, **more)


class Entry(Web):
    async def test_token_and_session(self):
        _, page = await self.serve()
        self.assertRegex(page.token, "^[0-9a-f]{64}$")
        status, _, body = await page.ask("GET", "/", by="")
        self.assertEqual(status, 401)
        self.assertIn('<form method="post" action="/login"', body)
        for path in ("/api/state", "/api/history", "/api/events", "/api/report/x"):
            self.assertEqual((await page.ask("GET", path, by=""))[0], 401, path)
        status, headers, body = await page.log_in("wrong")
        self.assertEqual((status, headers["Set-Cookie"]), (403, None))
        self.assertIn("That is not the token.", body)
        status, headers, _ = await page.log_in()
        self.assertEqual((status, headers["Location"]), (303, "/"))
        self.assertRegex(headers["Set-Cookie"], r"^fk-server-\d+=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict$")
        self.assertNotIn(page.token, headers["Set-Cookie"])
        self.assertIn('src="/app.js"', (await page.ask("GET", "/", by="cookie"))[2])
        self.assertEqual((await page.ask("GET", "/api/state", by="cookie"))[0], 200)
        status, headers, _ = await page.ask("POST", "/logout", by="cookie", Origin=page.origin)
        self.assertEqual(status, 303)
        self.assertIn("Max-Age=0", headers["Set-Cookie"])
        self.assertEqual((await page.ask("GET", "/api/state", by="cookie"))[0], 401)

    async def test_who_logs_out_hears_no_more(self):
        _, page = await self.serve()
        await page.log_in()
        seen = 0
        async for _ in page.events(by="cookie"):
            seen += 1
            if seen == 4:
                await page.ask("POST", "/logout", by="cookie", Origin=page.origin)
        self.assertGreaterEqual(seen, 4)  # and it has ended

    async def test_wrong_tokens_are_slowed(self):
        _, page = await self.serve()
        await page.log_in()
        right, page.token = page.token, "0" * 64
        seen = [(await page.ask("GET", "/api/state"))[0] for _ in range(20)]
        self.assertEqual(set(seen), {401, 429})
        self.assertLessEqual(seen.count(401), 11)  # one more than ten, if that took seconds
        page.token = right
        self.assertEqual((await page.ask("GET", "/api/state"))[0], 429)
        self.assertEqual((await page.log_in())[0], 429)
        self.assertEqual((await page.ask("GET", "/api/state", by="cookie"))[0], 200)  # who is in stays in

    async def test_file(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "token")
            _, page = await self.serve("--web-token", str(file))
            self.assertEqual(page.token, f"in {file}")
            page.token = file.read_text().strip()
            self.assertEqual((stat.S_IMODE(file.stat().st_mode), len(page.token)), (0o600, 64))
            self.assertEqual((await page.ask("GET", "/api/state"))[0], 200)
            file.write_text("a token+of/the%operator\nand more\n")
            for content, mode, problem in (("x" * 15, 0o600, "must be a token"), ("with a space in it", 0o600, "must be a token"),
                                           ("x" * 2000, 0o600, "must be a token"), ("x" * 20, 0o644, "chmod 600")):
                file.write_text(content)
                file.chmod(mode)
                with self.assertRaisesRegex(AssertionError, problem):
                    await Server.start("--web", "0", "--web-token", str(file))
            file.write_text("a-token+of/the%operator\nand more\n")
            file.chmod(0o600)
            _, page = await self.serve("--web-token", str(file))
            page.token = "a-token+of/the%operator"
            self.assertEqual((await page.ask("GET", "/api/state"))[0], 200)
            self.assertEqual((await page.log_in())[0], 303)  # escaped in the form
            with self.assertRaisesRegex(AssertionError, "no file"):
                await Server.start("--web", "0", "--web-token", folder)
        for place in ("x", "127.0.0.1:", "70000"):
            with self.assertRaisesRegex(AssertionError, "--web .* neither a port nor an IP address"):
                await Server.start("--web", place)
        with self.assertRaisesRegex(AssertionError, "--web"):
            await Server.start("--web-token", "x")

    async def test_other_pages(self):
        _, page = await self.serve("--web-name", "games.example")
        await page.log_in()
        for host, status in (("games.example", 200), ("games.example:443", 200), ("localhost:9", 200), ("[::1]:9", 200), ("127.0.0.1", 200),
                             ("evil.example", 403), ("evil.example:80", 403), ("127.0.0.1.evil.example", 403), ("", 403)):
            self.assertEqual((await page.ask("GET", "/api/state", Host=host))[0], status, host)
        port = page.port
        order = {"method": "POST", "path": "/api/order", "body": "reload", "by": "cookie"}
        for origin, status in ((page.origin, 200), (f"https://127.0.0.1:{port}", 200), ("http://evil.example", 403), ("null", 403),
                               (f"http://127.0.0.1:{port + 1}", 403), (f"http://evil.example/{page.origin}", 403)):
            self.assertEqual((await page.ask(**order, Origin=origin))[0], status, origin)
        self.assertEqual((await page.ask(**order))[0], 403)
        self.assertEqual((await page.ask("POST", "/api/order", "reload"))[0], 200)  # a program with the token
        for site, status in (("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)):
            self.assertEqual((await page.ask("GET", "/api/state", by="cookie", Sec_Fetch_Site=site))[0], status, site)
        self.assertEqual((await page.ask("POST", "/login", f"token={page.token}", by="", Origin="http://evil.example"))[0], 403)


class Http(Web):
    async def test_headers(self):
        _, page = await self.serve()
        for method, path, by in (("GET", "/", ""), ("GET", "/", "token"), ("GET", "/app.js", ""), ("GET", "/style.css", ""), ("GET", "/api/state", "token"),
                                 ("GET", "/nothing", "token"), ("POST", "/api/order", "token"), ("PUT", "/", ""), ("GET", "/api/state", "")):
            _, headers, _ = await page.ask(method, path, by=by)
            for name, value in (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"), ("Referrer-Policy", "same-origin")):
                self.assertEqual(headers[name], value, path)
            policy = headers["Content-Security-Policy"]
            for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
                self.assertIn(rule, policy)
            self.assertNotIn("unsafe", policy)

    def test_nothing_inline_nothing_from_elsewhere(self):
        for file in FILES.iterdir():
            if file.suffix not in (".html", ".js", ".css", ".svg"):
                continue
            content = file.read_text()
            elsewhere = set(re.findall(r"(?:https?:)?//[a-z][\w.-]+", content)) - {"http://www.w3.org"}
            self.assertEqual(elsewhere, set(), file)
            if file.suffix == ".html":
                self.assertIsNone(re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", content), file)
            if file.suffix == ".js":
                self.assertIsNone(re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\.style\b", content), file)

    async def test_limits(self):
        _, page = await self.serve()
        self.assertEqual((await page.ask("DELETE", "/"))[0], 405)
        self.assertEqual((await page.ask("POST", "/api/order", "x" * 5000))[0], 413)
        self.assertEqual((await page.ask("GET", "/", X="x" * 9000))[0], 431)
        for raw in (b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\0 HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n"):
            reader, writer = await within("a connection", asyncio.open_connection("127.0.0.1", page.port))
            writer.write(raw)
            self.assertIn(b" 400 ", await within("an answer", reader.read()))
            writer.close()

    async def test_who_asks_nothing_shuts_out_nobody(self):
        server, page = await self.serve()
        silent = [await asyncio.open_connection("127.0.0.1", page.port) for _ in range(100)]
        self.assertEqual((await page.ask("GET", "/api/state"))[0], 200)
        self.assertEqual(await server.stop(), 0)
        for reader, writer in silent:
            try:
                self.assertEqual(await within("the end", reader.read()), b"")
            except ConnectionResetError:
                pass
            writer.close()

    async def test_one_connection_many_requests(self):
        _, page = await self.serve()
        reader, writer = await within("a connection", asyncio.open_connection("127.0.0.1", page.port))
        for _ in range(3):
            writer.write(f"GET /icon.svg HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n".encode())
            head = (await within("the head", reader.readuntil(b"\r\n\r\n"))).decode()
            self.assertIn("200 OK", head)
            await within("the body", reader.readexactly(int(re.search(r"Content-Length: (\d+)", head).group(1))))
        writer.close()


class Shown(Web):
    """Every figure of the page is one of the admin shell."""
    PASSES = {"plays for"}  # goes on by itself

    def still(self, state):
        """What does not change while nothing happens."""
        facts = {name: text(figure) for name, figure in state["facts"].items() if name != "uptime"}
        return facts, {name: [{title: cell for title, cell in row.items() if title not in self.PASSES} for row in table(state[name])]
                       for name in ("threads", "vms", "rooms", "players", "deaths")}

    async def both(self, server, page):
        """The page's state and the shell's tables, of a time at which nothing changed."""
        async def look():
            while True:
                before = self.still(await page.get("/api/state"))
                shell = {name: await server.table(command) for name, command in
                         (("threads", "stat"), ("vms", "vms"), ("rooms", "rooms"), ("players", "players"), ("deaths", "deaths"))}
                head = (await server.admin("stat")).splitlines()[:3]
                if all(shell.values()) and before == self.still(await page.get("/api/state")):
                    return *before, shell, " ".join(head)
        return await within("a quiet moment", look())

    async def check(self, *arguments):
        server, page = await self.serve(*arguments)
        people = [await Client.in_game(server, name) for name in ("Ann", "Bo", "<b>Cy</b>")]
        waits = await Client.login(server, "Di")
        await waits.open_room(3, name="<i>waits</i>")
        await page.order(f"kill-room {people[0].room}")
        await people[0].event("closed")
        facts, tables, shell, head = await self.both(server, page)
        for name, rows in tables.items():
            wanted = [{title: cell for title, cell in row.items() if title not in self.PASSES} for row in shell[name]]
            if name == "players":  # its columns have no titles, or are empty
                rows = [{title: row[title] for title in ("player", "name", "room")} for row in rows]
                wanted = [{title: row[title] for title in ("player", "name", "room")} for row in wanted]
            self.assertEqual(rows, wanted, name)
        for figure in ("{clients} clients", "{players} players", "{rooms} room", "pool {pool}, version {version}", "{ended} rooms ended, {lost} lost",
                       "server {resident} resident"):
            self.assertIn(figure.format(**facts), head)
        self.assertIn("<i>waits</i>", [row["name"] for row in tables["rooms"]])

    async def test_one_vm_for_all(self):
        await self.check()

    async def test_a_vm_for_each(self):
        await self.check("--rooms-per-vm", "1", "--spares", "1", "--memory-budget", "4000")

    async def test_memory_over_time(self):
        _, page = await self.serve()
        async def grow():
            while len((history := await page.get("/api/history"))["latest"]) < 3:
                await asyncio.sleep(0.05)
            return history
        history = await within("three points", grow())
        self.assertEqual(len(history["latest"]), len(history["all"]))
        seconds, scripts, children, server, vms, rooms = history["latest"][-1]
        self.assertGreater(min(seconds, scripts, server, vms), 0)
        self.assertEqual(children > 0, os.environ["FK_VM_BACKEND"] == "process")
        self.assertEqual(rooms, 0)

    async def test_log(self):
        server, page = await self.serve("--log-level", "error")
        await Client.login(server, "Ann")
        async for name, data in page.events():
            if name != "log" or not any("login" in record["text"] for record in data):
                continue
            self.assertEqual([record["number"] for record in data], list(range(data[0]["number"], data[-1]["number"] + 1)))
            login = next(record for record in data if record["text"].startswith("login"))
            self.assertRegex(login["text"], r"^login player=1 name=Ann from=127\.0\.0\.1:\d+$")
            self.assertRegex(login["time"], r"^\d\d:\d\d:\d\d\.\d{3}$")
            self.assertEqual(login["level"], "info")
            break


class Orders(Web):
    async def test_orders(self):
        server, page = await self.serve("--rooms-per-vm", "1", "--spares", "0")
        ann, bo, cy = [await Client.in_game(server, name) for name in ("Ann", "Bo", "Cy")]
        di = await Client.login(server, "Di")
        di.room = await di.open_room(2)
        vms = {row["rooms"]: row["VM"] for row in table((await page.get("/api/state"))["vms"])}
        self.assertIn("is interrupted", await page.order(f"interrupt {vms[str(ann.room)]}"))
        self.assertIn("is killed", await page.order(f"end-vm {vms[str(ann.room)]}"))
        self.assertEqual((await ann.event("closed"))["how"], "server error")
        self.assertIn("there is no VM", await page.order(f"end-vm {vms[str(ann.room)]}"))
        self.assertIn("is killed", await page.order(f"kill-room {bo.room}"))
        self.assertEqual((await bo.event("closed"))["how"], "server error")
        for person in (cy, di):  # one plays, one waits
            self.assertIn("is closed", await page.order(f"close-room {person.room}"))
            end = await person.event("closed")
            self.assertEqual((end["how"], end["reason"]), ("closed", "An administrator closes it."))
        self.assertIn("there is no room", await page.order(f"close-room {di.room}"))
        self.assertIn("new rooms open on new VMs", await page.order("reload"))
        self.assertIn("is out", await page.order(f"kick {di.account['player']}"))
        self.assertIn("an administrator", await di.closed())
        for line in ("quit", "backend embedded", "kill-vm 1", "stat", "", "reload;quit", "no such"):
            self.assertEqual((await page.ask("POST", "/api/order", line))[0], 400, line)
        self.assertIn("which VM? Give its number", await page.order("end-vm one"))
        self.assertTrue(any("ordered" in line and "kill-room" in line for line in server.log))
        self.assertEqual(len(table((await page.get("/api/state"))["deaths"])), 2)

    async def test_a_death_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["FK_VM_CRASH_DIR"] = folder
            self.addCleanup(os.environ.pop, "FK_VM_CRASH_DIR")
            server, page = await self.serve("--rooms-per-vm", "1", "--spares", "0")
            ann = await Client.in_game(server, "Ann")
            vm, = table((await page.get("/api/state"))["vms"])
            killed = False
            async for name, state in page.events():
                if name != "state":
                    continue
                if not killed:
                    self.assertEqual(state["deaths"]["rows"], [])
                    if vm["pid"] == "-":
                        await page.order(f"end-vm {vm['VM']}")
                    else:
                        os.kill(int(vm["pid"]), signal.SIGKILL)
                    killed = True
                elif state["deaths"]["rows"]:
                    death, = table(state["deaths"])
                    break
            self.assertEqual((death["VM"], death["rooms"]), (vm["VM"], str(ann.room)))
            if vm["pid"] == "-":
                self.assertEqual((death["cause"], death["report"]), ("killed by an administrator", "-"))
                return
            self.assertRegex(death["cause"], "^SIGNAL: .*signal 9")
            self.assertEqual(os.listdir(folder), [death["report"]])
            report = await page.get(f"/api/report/{death['report']}")
            self.assertEqual((report["report"]["pid"], report["report"]["error"]["death"]), (int(vm["pid"]), "SIGNAL"))
            self.assertGreater(len(report["messages"]), 0)
            pathlib.Path(folder, "secret.json").write_text("{}")
            for name in ("..", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", death["report"] + "/..", "secret.json", "fkvm-20260101T120000Z-1-2"):
                self.assertEqual((await page.ask("GET", f"/api/report/{name}"))[0], 404, name)
            self.assertEqual(await server.stop(), 0)
            _, page = await self.serve()  # another run still shows it
            again, = table((await page.get("/api/state"))["deaths"])
            self.assertEqual((again["VM"], again["report"]), ("-", death["report"]))

    async def test_the_end_ends_streams(self):
        server, page = await self.serve()
        async for _ in page.events():
            if server.process.returncode is None:
                self.assertEqual(await server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
