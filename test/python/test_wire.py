# SPDX-License-Identifier: MIT
"""fkvm.child line by line, as docs/protocol.md has it."""
import ctypes
import json
import os
import signal
import subprocess
import sys
import unittest

from support import GAME, HANG


class Wire(unittest.TestCase):
    def setUp(self):
        environment = dict(os.environ, FK_VM_FEATURES="", FK_VM_CALL_TIMEOUT="4294967295")
        self.child = subprocess.Popen([sys.executable, str(GAME)], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, env=environment)
        self.addCleanup(self.end)
        self.messages = 0
        self.greeting = [self.read() for _ in range(3)]

    def end(self):
        self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()

    def write(self, end="\n", **message):
        line = json.dumps({"jsonrpc": "2.0", **message}, separators=(", ", ": "))
        self.child.stdin.write((line + end).encode())
        self.child.stdin.flush()
        self.messages += 1

    def read(self):
        return json.loads(self.child.stdout.readline())

    def ask(self, method, *params, **more):
        self.write(method=method, params=list(params), id=7, **more)
        answer = self.read()
        self.assertEqual((answer.pop("jsonrpc"), answer.pop("id")), ("2.0", 7))
        return answer

    def signal(self, word):
        """SIGINT with its value."""
        queue = ctypes.CDLL(None).sigqueue
        queue.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]
        self.assertEqual(queue(self.child.pid, signal.SIGINT, word), 0)

    def test_greeting(self):
        starting, loading, hello = self.greeting
        self.assertEqual(starting["method"], "$/starting")
        self.assertEqual(starting["params"][0]["protocol"], 1)
        self.assertEqual(loading, {"jsonrpc": "2.0", "method": "$/output",
                                   "params": ["loading\n", "print"]})
        self.assertEqual(hello["method"], "$/hello")
        about = hello["params"][0]
        self.assertEqual((about["protocol"], about["interrupt"], about["limits"]), (1, True, True))

    def test_requests(self):
        self.assertEqual(self.ask("ping"), {"result": "PONG"})
        self.assertIn("room.ask", self.ask("$/methods")["result"])
        self.assertEqual(self.ask("nope")["error"]["code"], -32601)
        self.assertEqual(self.ask("echo", {"$int": "5"}, other="member"), {"result": 5})
        self.assertEqual(self.ask("add", 2 ** 53 - 1, 1), {"result": {"$int": str(2 ** 53)}})
        self.assertEqual(self.ask("echo", 3.0), {"result": 3.0})
        self.write(method="add", params=[1, 2], id=9, end="\r\n")
        self.assertEqual(self.read()["result"], 3)
        self.write(method="ping", id=9)
        self.assertEqual(self.read()["result"], "PONG")

    def test_an_answer_that_nobody_waits_for(self):
        self.write(result=5, id=99)
        self.assertEqual(self.ask("ping"), {"result": "PONG"})

    def test_bye(self):
        self.assertEqual(self.ask("bye"), {"result": "Goodbye"})
        self.assertEqual(self.read()["params"], ["the end\n", "print"])
        self.assertEqual((self.child.stdout.read(), self.child.wait(HANG)), (b"", 0))

    def test_end_of_file(self):
        self.child.stdin.close()
        self.assertEqual(self.read()["params"], ["the end\n", "print"])
        self.assertEqual(self.child.wait(HANG), 0)

    def test_no_message(self):
        self.child.stdin.write(b"no message\n")
        self.child.stdin.flush()
        self.assertEqual(self.child.wait(HANG), 1)

    def test_an_old_wish_ends_nothing(self):
        self.ask("ping")
        self.write(method="ask_many", params=["step", 300], id=2)
        for step in range(300):
            asked = self.read()
            self.assertEqual((asked["method"], asked["params"]), ("step", [step]))
            if step == 0:
                self.signal(1 << 1)  # of when the ping was written
            self.write(result=step, id=asked["id"])
        self.assertEqual(self.read()["result"], list(range(300)))

    def test_a_wish_with_a_value(self):
        for is_timeout, code in ((1, -32001), (0, -32000)):
            self.write(method="loop", params=["begun"], id=2)
            self.assertEqual(self.read()["method"], "begun")
            self.signal(self.messages << 1 | is_timeout)
            self.assertEqual(self.read()["error"]["code"], code)
        self.assertEqual(self.ask("add", 1, 2), {"result": 3})

    def test_a_wish_without_a_value(self):
        self.write(method="loop", params=["begun"], id=2)
        self.read()
        self.child.send_signal(signal.SIGINT)
        error = self.read()["error"]
        self.assertEqual(error["code"], -32000)
        self.assertIn("was ended by fk_vm_interrupt()", error["message"])


if __name__ == "__main__":
    unittest.main()
