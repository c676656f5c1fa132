# SPDX-License-Identifier: MIT
"""AsyncVM."""
import asyncio
import os
import signal
import threading
import unittest

import fkvm
from support import HANG, IS_CHILD, SCRIPT, Lines


def soon(function):
    """A host method that has the loop call it."""
    loop = asyncio.get_running_loop()

    def method(*_):
        loop.call_soon_threadsafe(function)
    return method


def open_vm(methods=None, **options):
    options.setdefault("output", Lines())
    return fkvm.AsyncVM(SCRIPT, methods=methods, **options)


class Async(unittest.IsolatedAsyncioTestCase):
    async def within(self, awaitable):
        return await asyncio.wait_for(awaitable, HANG)

    async def test_calls_in_their_order(self):
        told = []
        async with open_vm({"told": told.append}) as vm:
            sums = await asyncio.gather(*(vm.call("add", n, n) for n in range(20)))
            self.assertEqual(sums, [2 * n for n in range(20)])
            await asyncio.gather(*(vm.call("ask", "told", n) for n in range(20)))
            self.assertEqual(told, list(range(20)))
            self.assertEqual(vm.stats()["alive"], True)
        self.assertTrue(vm.closed)

    async def test_errors(self):
        async with open_vm() as vm:
            with self.assertRaises(fkvm.ScriptError):
                await vm.call("fail", "x")
        with self.assertRaises(fkvm.OpenFailedError):
            await fkvm.AsyncVM("/no/such.lua").open()
        with self.assertRaises(RuntimeError):
            await fkvm.AsyncVM(SCRIPT).call("add", 1, 2)

    async def test_the_loop_runs_on(self):
        async with open_vm({"running": soon(lambda: vm.interrupt())}, call_timeout=None) as vm:
            with self.assertRaises(fkvm.InterruptError):
                await self.within(vm.call("loop_after", "running"))

    async def test_async_host_methods(self):
        async def slow(n):
            await asyncio.sleep(0)
            self.assertIs(threading.current_thread(), threading.main_thread())
            return n + 1

        async def nested(n):
            return await vm.call("ask", "slow", n) + await vm.call("add", n, n)

        async def fail():
            raise LookupError("not here")

        async with open_vm({"slow": slow, "nested": nested, "fail": fail}) as vm:
            self.assertEqual(await self.within(vm.call("ask", "slow", 1)), 2)
            self.assertEqual(await self.within(vm.call("ask", "nested", 5)), 16)
            with self.assertRaises(fkvm.ScriptError) as caught:
                await self.within(vm.call("ask", "fail"))
            self.assertIsInstance(caught.exception.__cause__, LookupError)

    async def test_cancelling_interrupts(self):
        running = asyncio.Event()
        async with open_vm({"running": soon(running.set)}, call_timeout=None) as vm:
            call = asyncio.ensure_future(vm.call("loop_after", "running"))
            waiting = asyncio.ensure_future(vm.call("add", 1, 2))
            await self.within(running.wait())
            call.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await call
            self.assertEqual(await self.within(waiting), 3)

    async def test_what_comes_between_calls(self):
        heard = asyncio.Event()
        async with open_vm({"told": soon(heard.set)}) as vm:
            await vm.notify("tell", "told", 1)
            await self.within(heard.wait())

    async def test_an_idle_vm_is_polled_until_it_is_tidy(self):
        async with open_vm() as vm:
            if vm._vm.fileno() >= 0:
                return
            for _ in range(2):
                self.assertIsNotNone(vm._tidying)
                polled = asyncio.Event()
                watch = vm._watch
                vm._watch = lambda: (watch(), polled.set())
                while vm._tidying:
                    await self.within(polled.wait())
                    polled.clear()
                self.assertFalse(vm.stats()["wants_poll"])
                vm._watch = watch
                await vm.call("add", 1, 2)
                self.assertTrue(vm.stats()["wants_poll"])

    @unittest.skipUnless(IS_CHILD, "an embedded VM has no process")
    async def test_death_between_calls(self):
        died = asyncio.get_running_loop().create_future()
        async with open_vm(on_death=died.set_result) as vm:
            os.kill(vm.stats()["pid"], signal.SIGKILL)
            self.assertIsInstance(await self.within(died), fkvm.VMDiedError)
            with self.assertRaises(fkvm.VMDiedError):
                await vm.call("add", 1, 2)

    async def test_close_ends_a_call(self):
        running = asyncio.Event()
        vm = await open_vm({"running": soon(running.set)}, call_timeout=None).open()
        call = asyncio.ensure_future(vm.call("loop_after", "running"))
        await self.within(running.wait())
        await self.within(vm.close())
        with self.assertRaises(fkvm.InterruptError):
            await call
        await vm.close()


if __name__ == "__main__":
    unittest.main()
