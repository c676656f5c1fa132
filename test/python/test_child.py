# SPDX-License-Identifier: MIT
"""A Python program as the VM, with the library as its server."""
import functools
import math
import os
import pathlib
import signal
import tempfile
import threading
import unittest

import fkvm
from support import HANG, Lines, in_thread, open_game, poll_until
from test_values import SAME


class Child(unittest.TestCase):
    def open(self, methods=None, **options):
        vm = open_game(methods, **options)
        self.addCleanup(self.close, vm)
        return vm

    @staticmethod
    def close(vm):
        try:
            vm.close()
        except fkvm.Error:
            pass  # of one that died


class Calls(Child):
    def test_values(self):
        vm = self.open({"same": lambda value: value})
        for value in SAME:
            with self.subTest(value=value):
                for got in (vm.call("echo", value), vm.call("room.ask", "same", value)):
                    self.assertEqual(got, value)
                    self.assertIs(type(got), type(value))
        self.assertTrue(math.isnan(vm.call("echo", math.nan)))
        self.assertEqual(vm.call("join", a="x", b="y"), "xy")
        self.assertEqual(vm.call("ask_by_name", "same"), {"a": "x", "b": "y"})
        with self.assertRaisesRegex(fkvm.BadValueError, r"result\.a\[0\]: a value of type object"):
            vm.call("odd")

    def test_nesting(self):
        def back(n):
            return n if n == 0 else 1 + vm.call("room.ask", "back", n - 1)
        vm = self.open({"back": back})
        self.assertEqual(vm.call("room.ask", "back", 12), 12)

    def test_notifications(self):
        told = []
        vm = self.open({"told": lambda *params: told.append(params)})
        vm.call("tell", "told", 1, 2)
        self.assertEqual(told, [(1, 2)])
        vm.notify("tell", "told", 3)
        poll_until(vm, lambda: told[1:])
        self.assertIn("main thread", vm.call("tell_from_thread", "told")[0])
        self.assertEqual(told[2:], [("from a thread",)])

    def test_output_in_its_order(self):
        said = Lines()
        vm = self.open({"mark": lambda: said.append(("MARK", ""))}, output=said)
        self.assertEqual(said, [("PRINT", "loading")])
        vm.call("speak", "mark")
        self.assertEqual(said[1:], [("PRINT", "before"), ("MARK", ""), ("PRINT", "after"),
                                    ("WARNING", "careful"), ("WARNING", "two\nlines"),
                                    ("PRINT", "\\xff"),
                                    ("PRINT", "no end")])
        vm.close()
        self.assertEqual(said[-1], ("PRINT", "the end"))

    def test_a_long_record(self):
        """Longer than a piece of output, with newlines where pieces may end."""
        said = Lines()
        vm = self.open(output=said)
        vm.call("warn_of", "ab\n\n", 50000)
        self.assertEqual(said[1:], [("WARNING", "ab\n\n" * 50000 + "end")])

    def test_the_streams_are_the_protocols(self):
        said = Lines()
        vm = self.open(output=said)
        self.assertEqual(vm.call("raw"), "")
        poll_until(vm, lambda: len(said) > 2)
        self.assertEqual(said[1:], [("STDERR", "from C code"), ("STDERR", "from a program")])

    def test_stats(self):
        self.assertRegex(self.open().stats()["runtime"], r"^fkvm-python [\d.]+, \w+ 3\.")


class Errors(Child):
    def test_a_failure(self):
        vm = self.open()
        with self.assertRaisesRegex(fkvm.ScriptError, "^ValueError: a reason$") as caught:
            vm.call("fail", "a reason")
        traceback = caught.exception.traceback
        self.assertRegex(traceback, r'(?s)^Traceback .*game\.py", line \d+, in fail.*a reason$')
        self.assertNotIn("_service.py", traceback)
        for text in ("", "a\0b", "é" * 5000):
            with self.assertRaisesRegex(fkvm.ScriptError, "ValueError"):
                vm.call("fail", text)
        with self.assertRaisesRegex(fkvm.ScriptError, "TypeError"):
            vm.call("add", 1)
        with self.assertRaisesRegex(fkvm.NoMethodError, "nope"):
            vm.call("nope")
        with self.assertRaisesRegex(fkvm.ScriptError, "no such room") as caught:
            vm.call("fail_by_code")
        self.assertEqual(caught.exception.code, -32042)
        with self.assertRaises(fkvm.MemoryLimitError):
            vm.call("out_of_memory")
        self.assertEqual(vm.call("add", 1, 2), 3)

    def test_a_host_method_that_fails(self):
        problem = LookupError("no card")

        def fail():
            raise problem

        vm = self.open({"fail": fail})
        self.assertEqual(vm.call("try", "fail"), ["fail: LookupError: no card", -32603])
        self.assertEqual(vm.call("try", "missing")[1], -32601)
        with self.assertRaisesRegex(fkvm.ScriptError, "no card") as caught:
            vm.call("room.ask", "fail")
        self.assertIs(caught.exception.__cause__, problem)

    def test_a_notification_that_fails(self):
        said = Lines()
        vm = self.open(output=said)
        vm.notify("fail", "unheard")
        poll_until(vm, lambda: said[1:])
        self.assertEqual(said[1:], [("WARNING",
                                     "the notification 'fail' failed: ValueError: unheard")])

    def test_too_long(self):
        vm = self.open({"told": lambda text: None}, max_message=100_000)
        self.assertIn("max_message, 100000 bytes", vm.call("say_much", "told", 200_000))
        with self.assertRaisesRegex(fkvm.BadValueError, "max_message"):
            vm.call("much", 200_000)
        with self.assertRaisesRegex(fkvm.ScriptError, "ValueError"):
            vm.call("fail", "y" * 60_000)
        self.assertEqual(vm.call("add", 1, 2), 3)

    def test_loading(self):
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "bad.py")
            for text, pattern in [("1 / 0", "ZeroDivisionError: division by zero"),
                                  ("import no_such_module", "no_such_module"),
                                  ("raise SystemExit(3)", "3"), ("pass", "exit")]:
                script.write_text(f"from fkvm import child\nprint('x')\n{text}\n")
                with self.subTest(text=text), \
                        self.assertRaisesRegex(fkvm.OpenFailedError, pattern) as caught:
                    open_game(script=script)
                if text == "1 / 0":
                    self.assertIn("bad.py", caught.exception.traceback)


class Killed(Exception):
    pass


def lives(error):
    if not error.vm_alive:
        raise Killed


def unless_killed(test):
    """On a busy machine a child may need more than its 50 ms to end, and is killed: then anew."""
    @functools.wraps(test)
    def run(self):
        for _ in range(9):
            try:
                return test(self)
            except (Killed, fkvm.VMDiedError):
                pass
        return test(self)
    return run


class Ends(Child):
    @unless_killed
    def test_call_timeout(self):
        vm = self.open({"begun": lambda: None}, call_timeout=300)
        for method in ("loop", "sleep"):
            with self.assertRaisesRegex(fkvm.TimeoutError, "300 ms") as caught:
                vm.call(method, "begun")
            lives(caught.exception)
            self.assertIn(f"in {method}", caught.exception.traceback)
        self.assertEqual(vm.call("add", 1, 2), 3)

    @unless_killed
    def test_interrupt(self):
        begun = threading.Event()

        def stop():
            begun.wait(HANG)
            vm.interrupt()

        vm = self.open({"begun": begun.set}, call_timeout=None)
        for method in ("loop", "sleep", "ask_then_loop"):
            begun.clear()
            with in_thread(stop), self.assertRaises(fkvm.InterruptError) as caught:
                vm.call(method, "begun")
            lives(caught.exception)
        self.assertEqual(vm.call("add", 1, 2), 3)

    @unless_killed
    def test_interrupt_by_a_host_method(self):
        vm = self.open({"stop": lambda: vm.interrupt()}, call_timeout=None)
        with self.assertRaises(fkvm.InterruptError):
            vm.call("ask_then_loop", "stop")
        self.assertEqual(vm.call("add", 1, 2), 3)

    def test_a_notification_has_a_limit(self):
        said = Lines()
        vm = self.open(output=said, call_timeout=200)
        vm.notify("loop")
        poll_until(vm, lambda: said[1:])
        self.assertEqual(said[1:], [("WARNING", "the notification 'loop' reached its limit of "
                                                "200 ms (call_timeout)")])
        self.assertEqual(vm.call("add", 1, 2), 3)

    def test_a_notification_that_does_not_end(self):
        vm = self.open(call_timeout=100)
        vm.notify("stubborn")
        with self.assertRaises(fkvm.VMDiedError) as caught:
            poll_until(vm, lambda: False)
        self.assertEqual(caught.exception.death, "TIMEOUT")
        self.assertEqual(caught.exception.exit_status, 82)

    def test_exit(self):
        vm = self.open()
        with self.assertRaises(fkvm.VMDiedError) as caught:
            vm.call("leave", 3)
        self.assertEqual((caught.exception.death, caught.exception.exit_status), ("EXIT", 3))

    def test_signals_that_are_the_servers(self):
        vm = self.open()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            os.kill(vm.stats()["pid"], number)
            self.assertEqual(vm.call("add", 1, 2), 3)


if __name__ == "__main__":
    unittest.main()
