# SPDX-License-Identifier: MIT
"""Limits, interrupts, deaths, threads, and what is left of a VM."""
import gc
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import threading
import unittest
import warnings
import weakref

import fkvm
from support import HANG, IS_CHILD, SCRIPT, Lines, in_thread, open_vm, poll_until


def run_python(program):
    """(exit code, output) of a program of its own, which is sent SIGINT when it says `now`."""
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program), str(SCRIPT)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if line == "now\n":
                process.send_signal(signal.SIGINT)
        return process.wait(HANG), "".join(said)


class Limits(unittest.TestCase):
    def test_call_timeout(self):
        with open_vm(call_timeout=100) as vm:
            with self.assertRaisesRegex(fkvm.TimeoutError, r"100 ms \(call_timeout\)") as caught:
                vm.call("loop")
            self.assertTrue(caught.exception.vm_alive)
            self.assertIn("loop", caught.exception.traceback)
            self.assertEqual(vm.call("add", 1, 2), 3)

    def test_no_limit_and_memory(self):
        with open_vm(call_timeout=None, memory_limit=20 << 20) as vm:
            with self.assertRaises(fkvm.MemoryLimitError):
                vm.call("hoard")

    def test_a_wrong_limit(self):
        with self.assertRaisesRegex(fkvm.InvalidError, "call_timeout"):
            open_vm(call_timeout=-1)


class Interrupts(unittest.TestCase):
    def test_from_a_thread(self):
        running = threading.Event()
        with open_vm({"running": running.set}, call_timeout=None) as vm:
            def stop():
                running.wait(HANG)
                vm.interrupt()
            with in_thread(stop), self.assertRaises(fkvm.InterruptError):
                vm.call("loop_after", "running")
            self.assertEqual(vm.call("add", 1, 2), 3)

    def test_ctrl_c(self):
        code, said = run_python("""
            import sys, fkvm
            say = lambda: print("now", flush=True)
            vm = fkvm.VM(sys.argv[1], methods={"say": say}, call_timeout=None)
            for turn in range(2):
                try:
                    vm.call("loop_after", "say")
                except KeyboardInterrupt as problem:
                    print("ended", repr(problem))
            print(vm.call("add", 1, 2))
            vm.close()
            """)
        self.assertEqual((code, said), (0, "loaded\n" + "now\nended KeyboardInterrupt()\n" * 2 +
                                        "3\n"))

    def test_ctrl_c_while_loading(self):
        code, said = run_python("""
            import os, tempfile, fkvm
            say = lambda: print("now", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                script = os.path.join(folder, "endless.lua")
                with open(script, "w") as file:
                    file.write('fk.call("say") while true do end')
                try:
                    fkvm.VM(script, methods={"say": say})
                except KeyboardInterrupt:
                    print("ended")
            """)
        self.assertEqual((code, said), (0, "now\nended\n"))

    def test_a_handler_of_ones_own_is_left_alone(self):
        code, said = run_python("""
            import signal, sys, fkvm
            signal.signal(signal.SIGINT, lambda *_: print("handled"))
            say = lambda: print("now", flush=True)
            with fkvm.VM(sys.argv[1], methods={"say": say}, call_timeout=200) as vm:
                try:
                    vm.call("loop_after", "say")
                except fkvm.TimeoutError:
                    print("limit")
            """)
        self.assertEqual(code, 0)
        self.assertEqual(sorted(said.split()), ["handled", "limit", "loaded", "now"])


@unittest.skipUnless(IS_CHILD, "an embedded VM has no process")
class Deaths(unittest.TestCase):
    def test_in_a_call(self):
        with open_vm({"kill": lambda: os.kill(vm.stats()["pid"], signal.SIGKILL)}) as vm:
            with self.assertRaises(fkvm.VMDiedError) as caught:
                vm.call("loop_after", "kill")
            error = caught.exception
            self.assertEqual((error.vm_alive, error.exit_status), (False, -signal.SIGKILL))
            self.assertIn(error.death, ("SIGNAL", "OUT_OF_MEMORY"))
            with self.assertRaises(fkvm.VMDiedError):
                vm.call("add", 1, 2)
            self.assertFalse(vm.stats()["alive"])

    def test_between_calls(self):
        with open_vm() as vm:
            os.kill(vm.stats()["pid"], signal.SIGKILL)
            with self.assertRaises(fkvm.VMDiedError):
                poll_until(vm, lambda: False)


class Threads(unittest.TestCase):
    def test_calls_wait_for_each_other(self):
        with open_vm({"back": lambda n: vm.call("add", n, 1)}) as vm:
            def work(first):
                for n in range(first, first + 100):
                    self.assertEqual(vm.call("add", n, n), 2 * n)
                    self.assertEqual(vm.call("ask", "back", n), n + 1)
            with in_thread(lambda: work(0)), in_thread(lambda: work(1000)):
                work(2000)

    def test_causes_stay_in_their_thread(self):
        def fail(n):
            raise LookupError(f"number {n}")

        with open_vm({"fail": fail}) as vm:
            def work(first):
                for n in range(first, first + 50):
                    with self.assertRaises(fkvm.ScriptError) as caught:
                        vm.call("ask", "fail", n)
                    self.assertEqual(caught.exception.__cause__.args, (f"number {n}",))
            with in_thread(lambda: work(0)), in_thread(lambda: work(1000)):
                work(2000)

    def test_others_run_while_the_vm_works(self):
        running, seen = threading.Event(), []
        with open_vm({"running": running.set}, call_timeout=None) as vm:
            def look():
                running.wait(HANG)
                seen.append(sum(range(1000)))  # needs the GIL
                vm.interrupt()
            with in_thread(look), self.assertRaises(fkvm.InterruptError):
                vm.call("loop_after", "running")
        self.assertEqual(seen, [499500])

    def test_close_ends_the_call_of_another_thread(self):
        running = threading.Event()
        vm = open_vm({"running": running.set}, call_timeout=None)

        def call():
            with self.assertRaises(fkvm.InterruptError):
                vm.call("loop_after", "running")

        with in_thread(call):
            running.wait(HANG)
            vm.close()

    def test_close_beside_calls(self):
        for _ in range(20):
            vm = open_vm()
            begun = threading.Barrier(3)

            def call():
                begun.wait(HANG)
                try:
                    while True:
                        vm.call("add", 1, 2)
                except (fkvm.InvalidError, fkvm.InterruptError):
                    pass

            with in_thread(call), in_thread(call):
                begun.wait(HANG)
                vm.close()


class Ends(unittest.TestCase):
    def test_unclosed(self):
        said = Lines()
        vm = open_vm(output=said)
        gone = weakref.ref(vm)
        with self.assertWarnsRegex(ResourceWarning, "unclosed <fkvm.VM"):
            del vm
        self.assertIsNone(gone())

    def test_unclosed_in_a_circle(self):
        class Game:
            def __init__(self):
                self.vm = open_vm({"me": self.me})

            def me(self):
                return self

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gone = weakref.ref(Game().vm)
            gc.collect()
        self.assertIsNone(gone())

    def test_exceptions_are_not_kept(self):
        class Heavy:
            pass

        def fail():
            heavy = Heavy()
            kept.append(weakref.ref(heavy))
            raise ValueError("with a frame")

        kept = []
        with open_vm({"fail": fail}) as vm:
            vm.call("try", "fail")
            gc.collect()
            self.assertIsNone(kept[0]())

    def test_at_exit(self):
        code, said = run_python("""
            import sys, fkvm
            vm = fkvm.VM(sys.argv[1], methods={"m": lambda: vm})
            print(vm.call("add", 1, 2))
            """)
        self.assertEqual((code, said), (0, "loaded\n3\n"))

    def test_after_fork(self):
        code, said = run_python("""
            import os, sys, warnings, fkvm
            warnings.simplefilter("ignore")  # of Python 3.12: fork() and threads
            with fkvm.VM(sys.argv[1]) as vm:
                sys.stdout.flush()
                child = os.fork()
                if not child:
                    try:
                        vm.call("add", 1, 2)
                    except fkvm.InvalidError:
                        print("refused", flush=True)
                    sys.exit(0)
                print(os.waitpid(child, 0)[1], vm.call("add", 1, 2))
            """)
        self.assertEqual((code, said), (0, "loaded\nrefused\n0 3\n"))

    def test_many_opens_leave_nothing(self):
        def turn():
            with open_vm({"m": lambda x: x}) as vm:
                vm.call("ask", "m", 1)
                vm.call("try", "nope")

        def descriptors():
            return len(list(pathlib.Path("/proc/self/fd").iterdir()))

        def objects():
            gc.collect()
            return len(gc.get_objects())

        for _ in range(5):
            turn()
        before = descriptors(), objects()
        for _ in range(40):
            turn()
        self.assertLessEqual(descriptors(), before[0])
        self.assertLess(objects() - before[1], 40)


if __name__ == "__main__":
    unittest.main()
