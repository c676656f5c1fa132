# SPDX-License-Identifier: MIT
"""Calls, errors and host methods."""
import io
import logging
import os
import pathlib
import pickle
import sys
import tempfile
import unittest
from contextlib import redirect_stdout

import fkvm
from support import BACKEND, IS_CHILD, Lines, open_vm, poll_until


class Errors(unittest.TestCase):
    def setUp(self):
        self.vm = open_vm()
        self.addCleanup(self.vm.close)

    def test_script_error(self):
        with self.assertRaises(fkvm.ScriptError) as caught:
            self.vm.call("fail", "a reason")
        error = caught.exception
        self.assertIn("a reason", str(error))
        self.assertIn("vm.lua", error.message)
        self.assertIn("in function 'fail'", error.traceback)
        self.assertEqual((error.status, error.method, error.vm_alive, error.death),
                         ("SCRIPT_ERROR", "fail", True, None))
        self.assertIsNone(error.__cause__)
        if hasattr(error, "__notes__"):
            self.assertEqual(error.__notes__, [error.traceback])
        self.assertEqual(self.vm.call("add", 1, 2), 3)

    def test_no_method(self):
        with self.assertRaisesRegex(fkvm.NoMethodError, "nope"):
            self.vm.call("nope")
        for name in ("", "a\0b"):
            with self.assertRaises(fkvm.InvalidError):
                self.vm.call(name)

    def test_open_failures(self):
        with self.assertRaises(fkvm.OpenFailedError):
            fkvm.VM("/no/such/script.lua")
        with self.assertRaisesRegex(fkvm.NoBackendError, "nowhere"):
            open_vm(backend="nowhere")
        with self.assertRaisesRegex(fkvm.InvalidError, "sandbox"):
            open_vm(sandbox="none")

    def test_each_status_has_a_class(self):
        for kind in fkvm.Error.__subclasses__():
            self.assertTrue(issubclass(kind, fkvm.Error))
            self.assertNotEqual(kind.status, "UNKNOWN")
        self.assertEqual(len(fkvm.Error.__subclasses__()), 14)
        self.assertTrue(issubclass(fkvm.TimeoutError, TimeoutError))

    def test_pickles(self):
        error = pickle.loads(pickle.dumps(fkvm.ScriptError("m", traceback="t", code=3)))
        self.assertEqual((str(error), error.traceback, error.code), ("m", "t", 3))

    def test_after_close(self):
        self.vm.close()
        self.vm.close()
        for use in (lambda: self.vm.call("add", 1, 2), self.vm.poll, self.vm.stats,
                    self.vm.interrupt, lambda: self.vm.notify("add")):
            with self.assertRaisesRegex(fkvm.InvalidError, "closed"):
                use()
        self.assertTrue(self.vm.closed)
        self.assertEqual(self.vm.fileno(), -1)


class HostMethods(unittest.TestCase):
    def test_registered(self):
        methods = fkvm.Methods()

        @methods.register
        def double(n):
            return 2 * n

        @methods.register("room.over")
        def over(room, *, reason="none"):
            return f"{room} {reason}"

        self.assertEqual(sorted(methods), ["double", "room.over"])
        with self.assertRaises(ValueError):
            methods.register(double)
        with open_vm(methods) as vm:
            self.assertEqual(vm.call("ask", "double", 21), 42)
            self.assertEqual(vm.call("ask", "room.over", "r1"), "r1 none")

    def test_every_name(self):
        with open_vm({"*": lambda name, *params: [name, *params], "own": lambda: "own"}) as vm:
            self.assertEqual(vm.call("ask", "any", 1, 2), ["any", 1, 2])
            self.assertEqual(vm.call("ask", "own"), "own")

    def test_an_unknown_name(self):
        with open_vm({"known": print}) as vm:
            self.assertRegex(vm.call("try", "unknown")[1], "unknown")

    def test_while_loading(self):
        said = Lines()
        with open_vm(output=said):
            self.assertEqual(said, [("PRINT", "loaded")])

    def test_an_exception_is_the_cause(self):
        problem = KeyError("no such card")

        def pick():
            raise problem

        with open_vm({"pick": pick}) as vm:
            with self.assertRaisesRegex(fkvm.ScriptError, "KeyError: 'no such card'") as caught:
                vm.call("ask", "pick")
            self.assertIs(caught.exception.__cause__, problem)
            self.assertIn("in function 'ask'", caught.exception.traceback)
            is_good, message = vm.call("try", "pick")
            self.assertFalse(is_good)
            self.assertIn("KeyError: 'no such card'", message)
            with self.assertRaises(fkvm.ScriptError) as caught:
                vm.call("try_then_fail", "pick")
            self.assertIsNone(caught.exception.__cause__)

    def test_a_message_and_code_of_ones_own(self):
        def refuse():
            raise fkvm.MethodError("not now", code=-32050)

        with open_vm({"refuse": refuse}) as vm:
            self.assertIn("not now", vm.call("try", "refuse")[1])
            self.assertIn("-32050", vm.call("try", "refuse")[1])

    def test_odd_messages(self):
        for text in ("", "a\0b", "\udc80", "é" * 10_000):
            def odd(text=text):
                raise ValueError(text)
            with open_vm({"odd": odd}) as vm:
                self.assertIn("ValueError", vm.call("try", "odd")[1])

    def test_wrong_parameters(self):
        with open_vm({"one": lambda a: a}) as vm:
            self.assertIn("TypeError", vm.call("try", "one")[1])

    def test_nested(self):
        def back(n):
            return n if n == 0 else 1 + vm.call("ask", "back", n - 1)

        with open_vm({"back": back}) as vm:
            self.assertEqual(vm.call("ask", "back", 10), 10)
            with self.assertRaisesRegex(fkvm.ScriptError, "max_nesting|nest"):
                vm.call("ask", "back", 50)
            self.assertEqual(vm.call("add", 1, 2), 3)

    def test_a_nested_error_keeps_its_causes(self):
        def inner():
            raise LookupError("deep")

        with open_vm({"inner": inner, "outer": lambda: vm.call("ask", "inner")}) as vm:
            with self.assertRaises(fkvm.ScriptError) as caught:
                vm.call("ask", "outer")
        middle = caught.exception.__cause__
        self.assertIsInstance(middle, fkvm.ScriptError)
        self.assertIsInstance(middle.__cause__, LookupError)

    def test_keyboard_interrupt_ends_the_call(self):
        def stop():
            raise KeyboardInterrupt

        with open_vm({"stop": stop}) as vm:
            for method in ("ask", "try", "loop_after"):
                with self.assertRaises(KeyboardInterrupt):
                    vm.call(method, "stop")
            self.assertEqual(vm.call("add", 1, 2), 3)

    def test_close_in_a_callback(self):
        with open_vm({"close": lambda: vm.close()}) as vm:
            with self.assertRaises(fkvm.ScriptError) as caught:
                vm.call("ask", "close")
            self.assertIsInstance(caught.exception.__cause__, fkvm.BusyError)
            self.assertEqual(vm.call("add", 1, 2), 3)

    def test_notifications(self):
        told = []
        with open_vm({"told": told.append}) as vm:
            vm.call("tell_many", 500)
            self.assertEqual(told, list(range(1, 501)))
            vm.notify("tell", "told", "later")
            poll_until(vm, lambda: "later" in told)

    def test_a_notification_that_fails_is_a_record(self):
        def bad():
            raise ValueError("of no use")

        with open_vm({"bad": bad}) as vm:
            vm.call("tell", "bad")
            self.assertEqual(vm.stats()["failed_notifications"], 1)
        said = Lines()
        with open_vm(output=said) as vm:
            vm.notify("fail", "unheard")
            poll_until(vm, lambda: any("unheard" in text for text in said.texts()))


class Globals(unittest.TestCase):
    def test_of_the_server(self):
        with open_vm(globals={"VERSION": "1.2", "LIMITS": {"rooms": 5, "rate": 1.0}}) as vm:
            self.assertEqual(vm.call("global", "VERSION"), "1.2")
            self.assertEqual(vm.call("global", "LIMITS"), {"rooms": 5, "rate": 1.0})


class Output(unittest.TestCase):
    def test_order(self):
        said = Lines()
        with open_vm({"mark": lambda: said.append(("MARK", ""))}, output=said) as vm:
            del said[:]
            vm.call("speak", "mark")
        self.assertEqual(said, [("PRINT", "before"), ("MARK", ""), ("PRINT", "after")])

    def test_levels_and_bytes(self):
        said = Lines()
        with open_vm(output=said) as vm:
            del said[:]
            vm.call("log")
            vm.call("say", "é", b"\xff", "a\0b", "")
        self.assertEqual(said, [("DEBUG", "d"), ("INFO", "i"), ("WARNING", "w"),
                                ("CRITICAL", "c\ncritical: forged"),
                                ("PRINT", "é"), ("PRINT", "\\xff"), ("PRINT", "a\0b"),
                                ("PRINT", "")])

    def test_default(self):
        with redirect_stdout(io.StringIO()) as printed, \
                self.assertLogs("fkvm", logging.DEBUG) as records:
            with open_vm(output=fkvm.default_output) as vm:
                vm.call("say", "hello")
                vm.call("log")
        self.assertEqual(printed.getvalue(), "loaded\nhello\n")
        self.assertEqual([(r.levelname, r.getMessage()) for r in records.records],
                         [("DEBUG", "d"), ("INFO", "i"), ("WARNING", "w"),
                          ("CRITICAL", "c\n    critical: forged")])


    def test_an_output_that_fails(self):
        def fail(level, text):
            raise ValueError(text)

        unraisable, heard = sys.unraisablehook, []
        self.addCleanup(setattr, sys, "unraisablehook", unraisable)
        sys.unraisablehook = lambda problem: heard.append(str(problem.exc_value))
        with open_vm(output=fail) as vm:
            self.assertEqual(vm.call("say", "unheard"), None)
        self.assertEqual(heard, ["loaded", "unheard"])

    def test_an_open_that_is_ended_closes(self):
        said = Lines()

        def stop(level, text):
            said(level, text)
            if text == "loading":
                raise KeyboardInterrupt

        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "closes.lua")
            script.write_text("closes = setmetatable({}, {__gc = function() print 'closed' end})\n"
                              "print 'loading'")
            with self.assertRaises(KeyboardInterrupt):
                fkvm.VM(script, output=stop)
        self.assertEqual(said.texts(), ["loading", "closed"])


class Looking(unittest.TestCase):
    def test_stats(self):
        with open_vm({"m": lambda: 1}) as vm:
            vm.call("ask", "m")
            stats = vm.stats()
        self.assertEqual(stats["backend"], BACKEND)
        self.assertEqual((stats["calls"], stats["requests"], stats["alive"]), (1, 1, True))
        self.assertEqual(stats["methods"]["m"]["calls"], 1)
        self.assertEqual(stats["pid"] != 0, IS_CHILD)
        self.assertEqual(stats["pid"] == os.getpid(), False)

    def test_backends_and_version(self):
        self.assertIn(BACKEND, [each.name for each in fkvm.backends() if each.available])
        self.assertRegex(fkvm.version(), r"^\d+\.\d+\.\d+$")


if __name__ == "__main__":
    unittest.main()
