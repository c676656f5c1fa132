#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page for operators in a headless Chromium: it shows what the admin shell says, deaths at once, and stays
smooth with 200 VMs.

test_browser.py                     the tests
test_browser.py --pictures FOLDER   the pictures of docs/server.md; what the tests measure is printed either way
"""
import asyncio
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import unittest

from browser import Browser, missing
from harness import Client, within
from page import Page

SKIPPED = 77
TABLE = """
const panel = document.querySelector('[role=tabpanel]:not([hidden])');
const titles = [...panel.querySelectorAll('th button')].map((button) => button.textContent);
return [...panel.querySelectorAll('tbody tr')].map((row) => Object.fromEntries(titles.map((title, i) => [title, row.cells[i].textContent])));
"""
# The longest task and the longest time between two frames, of so many milliseconds.
FRAMES = """
const [time, done] = arguments;
const seen = {frames: 0, longest_frame: 0, longest_task: 0, states: 0};
const observer = new PerformanceObserver((list) => { for (const task of list.getEntries()) seen.longest_task = Math.max(seen.longest_task, task.duration); });
observer.observe({type: 'longtask'});
const begin = performance.now();
let last = begin;
const cell = document.querySelector('[data-fact=uptime] dd');
const states = new MutationObserver(() => { seen.states++; });
states.observe(cell, {childList: true, characterData: true, subtree: true});
function frame(now) {
  if (seen.frames++) seen.longest_frame = Math.max(seen.longest_frame, now - last);
  last = now;
  if (now - begin < time) return requestAnimationFrame(frame);
  observer.disconnect();
  states.disconnect();
  done(seen);
}
requestAnimationFrame(frame);
"""


class Chromium(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    async def serve(self, *arguments, **more):
        asyncio.get_running_loop().set_debug(False)
        server, page = await Page.serve(self, *arguments, **more)
        self.page = page
        return server

    async def do(self, function, *arguments):
        return await asyncio.to_thread(function, *arguments)

    async def until(self, what, condition):
        return await self.do(self.browser.until, what, condition)

    async def log_in(self):
        await self.do(self.browser.open, self.page.origin)
        await self.do(self.browser.type, "#token", self.page.token + "\n")
        await self.until("the state", self.is_live)

    def is_live(self):
        return self.browser.run("return document.getElementById('link')?.dataset.state === 'live' && document.querySelector('[data-fact=uptime] dd').textContent !== ''")

    def table(self, name):
        self.browser.click(f"#tab-{name}")
        return self.browser.run(TABLE)


class Shows(Chromium):
    async def test_log_in_and_out(self):
        await self.serve()
        browser = self.browser
        await self.do(browser.open, self.page.origin)
        await self.do(browser.type, "#token", "wrong\n")
        await self.until("the refusal", lambda: browser.text(".wrong") == "That is not the token.")
        await self.do(browser.type, "#token", self.page.token + "\n")
        await self.until("the state", self.is_live)
        self.assertEqual(browser.run("return document.cookie"), "")  # scripts cannot read it
        await self.do(browser.click, "form[action='/logout'] button")
        await self.until("the form", lambda: browser.run("return document.getElementById('token') !== null"))
        self.assertEqual(browser.complaints(), [])

    async def test_what_the_admin_shell_says(self):
        server = await self.serve("--rooms-per-vm", "1", "--spares", "1", "--memory-budget", "4000")
        for name in ("Ann", "<img src=x onerror=alert()>", "Cy"):
            await Client.in_game(server, name)
        await self.log_in()
        passes = {"plays for"}

        async def same():
            while True:
                for name, command in (("vms", "vms"), ("rooms", "rooms"), ("threads", "stat")):
                    shell = await server.table(command)
                    shown = await self.do(self.table, name)
                    wanted = [{key: value for key, value in row.items() if key not in passes} for row in shell]
                    if [{key: row[key] for key in wanted[0]} for row in shown] != wanted:
                        self.assertEqual(len(shown), len(wanted), name)
                        break  # a figure has changed meanwhile
                else:
                    return
        await within("the same figures", same())
        self.assertIn("<img src=x onerror=alert()>", [row["name"] for row in await self.do(self.table, "players")])
        self.assertEqual(self.browser.run("return document.querySelectorAll('main img').length"), 0)
        await self.do(self.table, "vms")
        await self.do(self.browser.click, "#panel-vms tbody button.name")
        await self.until("its curve", lambda: self.browser.run("return document.querySelector('#vm-chart path').getAttribute('d')"))
        self.assertRegex(self.browser.text("#vm-title"), r"^Memory of VM \d+$")
        self.assertRegex(self.browser.text("#budget"), "of the budget of 4.00 GB")
        self.assertEqual(self.browser.complaints(), [])

    async def test_sorts_and_filters_by_keyboard(self):
        server = await self.serve()
        for name in ("Cy", "Ann", "Bo"):
            await Client.login(server, name)
        await self.log_in()
        browser = self.browser
        browser.run("document.getElementById('tab-vms').focus()")
        await self.do(browser.type, "#tab-vms", "\ue014")  # right
        await self.do(browser.type, "#tab-rooms", "\ue014")
        names = lambda: [row["name"] for row in browser.run(TABLE)]
        await self.until("three people", lambda: names() == ["Cy", "Ann", "Bo"])
        await self.do(browser.type, "#panel-players th:nth-child(2) button", "\ue007")  # enter
        self.assertEqual(names(), ["Ann", "Bo", "Cy"])
        self.assertEqual(browser.run("return document.querySelector('#panel-players th:nth-child(2)').ariaSort"), "ascending")
        await self.do(browser.type, "#panel-players th:nth-child(2) button", "\ue007")
        self.assertEqual(names(), ["Cy", "Bo", "Ann"])
        await self.do(browser.type, "#filter", "an")
        self.assertEqual(names(), ["Ann"])

    async def test_orders(self):
        server = await self.serve("--rooms-per-vm", "1", "--spares", "0")
        ann, bo = await Client.in_game(server, "Ann"), await Client.in_game(server, "Bo")
        await self.log_in()
        browser = self.browser
        await self.do(browser.click, "#tab-rooms")
        close = f"[aria-label='Close room {ann.room}']"
        await self.until("the room", lambda: browser.run("return document.querySelector(arguments[0]) !== null", close))
        await self.do(browser.click, close)
        await self.do(browser.click, "#question button[value=no]")
        await self.do(browser.click, close)
        await self.do(browser.click, "#question-yes")
        self.assertEqual((await ann.event("closed"))["how"], "closed")
        await self.until("the answer", lambda: f"room {ann.room} is closed" in browser.text("#notices"))
        await self.until("the room to go", lambda: browser.run("return document.querySelector(arguments[0]) === null", close))
        await self.do(browser.click, f"[aria-label='Kill VM room {bo.room}']")
        await self.do(browser.click, "#question-yes")
        self.assertEqual((await bo.event("closed"))["how"], "server error")
        await self.until("the death", lambda: "killed by an administrator" in browser.text("#panel-deaths") + browser.text("#notices"))
        await self.do(browser.click, "#drain")
        await self.do(browser.click, "#question-yes")
        await self.until("the answer", lambda: "new rooms open on new VMs" in browser.text("#notices"))
        self.assertEqual(browser.complaints(), [])

    async def test_a_connection_that_is_lost_comes_back(self):
        server = await self.serve()
        await self.log_in()
        state = lambda: self.browser.run("return document.getElementById('link').dataset.state")
        os.kill(server.process.pid, signal.SIGSTOP)
        await self.until("the loss", lambda: state() == "lost")
        self.assertIn("connection lost", self.browser.text("#link"))
        os.kill(server.process.pid, signal.SIGCONT)
        await self.until("the return", lambda: state() == "live")


class Figures(Chromium):
    def busy(self):
        """Seconds of processor time of the page's thread."""
        metrics = self.browser.devtools("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    async def test_a_death_within_a_second(self):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["FK_VM_CRASH_DIR"] = folder
            self.addCleanup(os.environ.pop, "FK_VM_CRASH_DIR")
            server = await self.serve("--backend", "process", "--rooms-per-vm", "1", "--spares", "0")
            people = [await Client.in_game(server, name) for name in ("Ann", "Bo", "Cy")]
            await self.log_in()
            browser = self.browser
            await self.do(browser.click, "#tab-deaths")
            browser.run("""window.seen = []; new MutationObserver(() => { seen.push(Date.now()); })
                           .observe(document.querySelector('#tab-deaths .count'), {childList: true, characterData: true, subtree: true});""")
            times = []
            for _ in people:
                pid = next(row["pid"] for row in await server.table("vms"))
                killed = time.time() * 1000
                os.kill(int(pid), signal.SIGKILL)
                await self.until("the death", lambda: len(browser.run("return seen")) > len(times))
                times.append(browser.run("return seen")[len(times)] - killed)
            print(f"killed VMs turned up after {', '.join(f'{ms:.0f}' for ms in times)} ms")
            self.assertLess(min(times), 1000)
            rows = await self.do(self.table, "deaths")
            self.assertEqual(len(rows), 3)
            await self.do(browser.click, "#panel-deaths tbody button.name")
            await self.until("the report", lambda: "SIGNAL" in browser.text("#report-body"))
            self.assertIn("ResumeRoom", browser.text("#report-body"))
            self.assertEqual(browser.complaints(), [])

    async def test_200_vms_stay_smooth(self):
        await self.serve("--backend", "embedded", "--rooms-per-vm", "1", "--spares", "0", "--self-play", "200", pace="1")
        await self.log_in()
        browser = self.browser
        await self.until("200 VMs", lambda: len(browser.run(TABLE)) >= 200)
        browser.do("POST", "/timeouts", {"script": 120000})
        browser.devtools("Performance.enable", timeDomain="threadTicks")
        for tab in ("vms", "rooms"):
            await self.do(browser.click, f"#tab-{tab}")
            before = self.busy()
            seen = await self.do(browser.do, "POST", "/execute/async", {"script": FRAMES, "args": [10000]})
            each = (self.busy() - before) * 1000 / seen["states"]
            print(f"{tab}: {seen['states']} states and {seen['frames']} frames in 10 s, {each:.0f} ms of processor time for each state; "
                  f"the longest frame took {seen['longest_frame']:.0f} ms, the longest task {seen['longest_task']:.0f} ms (0: none above 50)")
            self.assertGreater(seen["states"], 0)
            self.assertLess(each, 500)  # of a second, and not stretched by what else runs
            self.assertGreater(len(browser.run(TABLE)), 150)
        self.assertEqual(browser.complaints(), [])


class Pictures(Chromium):
    folder = None

    async def test_pictures(self):
        if not self.folder:
            self.skipTest("only with --pictures FOLDER")
        with tempfile.TemporaryDirectory(prefix="fkvm-") as folder:
            host = pathlib.Path(os.environ["FK_SERVER"]).parents[2] / "backends/process/child/fkvm-host"
            settings = {"FK_VM_CRASH_DIR": folder, "FK_VM_HOST": shutil.copy(host, folder)}  # paths that say nothing of this tree
            os.environ.update(settings)
            self.addCleanup(lambda: [os.environ.pop(name) for name in settings])
            server = await self.serve("--backend", "process", "--rooms-per-vm", "1", "--spares", "2", "--memory-budget", "2000",
                                      "--self-play", "24", pace="1")
            for name in ("Ann", "Bo", "Cy"):
                await Client.in_game(server, name)
            await self.log_in()
            browser = self.browser
            browser.look("light", 1200, 800)
            await self.until("a curve", lambda: len(browser.run("return document.querySelector('#chart path').getAttribute('d') ?? ''")) > 800)
            browser.picture(self.folder / "web.png")
            pid = next(row["pid"] for row in await server.table("vms") if row["rooms"] != "spare")
            os.kill(int(pid), signal.SIGKILL)
            await self.do(browser.click, "#tab-deaths")
            await self.until("the death", lambda: browser.run(TABLE))
            await self.do(browser.click, "#panel-deaths tbody button.name")
            await self.until("the report", lambda: "SIGNAL" in browser.text("#report-body"))
            browser.look("dark", 1000, 640)
            browser.picture(self.folder / "web-report.png")


if __name__ == "__main__":
    if missing():
        print(f"skipped: there is no {missing()}. Debian: sh test/packages.sh browser")
        sys.exit(SKIPPED)
    if len(sys.argv) == 3 and sys.argv[1] == "--pictures":
        Pictures.folder = pathlib.Path(sys.argv[2])
        del sys.argv[1:]
        sys.argv.append("Pictures")
    unittest.main()
