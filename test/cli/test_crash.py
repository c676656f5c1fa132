#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A VM that dies or reaches a limit leaves a report in FK_VM_CRASH_DIR, and fkvm crash shows it."""
from support import Case, Conversation, SCRIPT, Terminal, fkvm, json, os, signal, unittest, write
import tempfile


class Crash(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def spin(self, *before):
        """The report of a call that reached its time limit."""
        done = fkvm("shell", SCRIPT, "--timeout", "0.1", text="\n".join([*before, "spin"]), FK_VM_CRASH_DIR=self.folder)
        self.good(done, 1)
        report, = os.listdir(self.folder)
        self.assertIn(report, done.stderr)
        return os.path.join(self.folder, report)

    def test_limit(self):
        report = self.spin("pack 1 x", "ask nobody 2")
        text = self.good(fkvm("crash", report))
        for line in (r"limit +20\d\d-", r"cause +TIMEOUT", r"message +the call of 'spin' reached its limit of 100 ms", r"traceback +stack traceback:\n.*cli.lua:\d+: in",
                     rf"backend +{os.environ['FK_VM_BACKEND']}, .*server \d+", r"script +.*cli.lua in /", r"versions +fkvm \d.*Lua 5.4.*Linux",
                     r"options .*call_timeout 100, ", r"--> call +pack \[1,\"x\"\]\n", r"<-- result +\[1,\"x\"\]\n", r"<-- host call +nobody \[2\]\n",
                     r"--> host error +.*nobody", r"<-- print +spinning\n"):
            self.assertRegex(text, r"(?m)" + line)
        self.assertEqual(len(self.good(fkvm("crash", report, "-n", "2")).split("it; the")[1].splitlines()), 3)
        read = json.loads(self.good(fkvm("crash", report, "--json")))
        self.assertEqual(read["report"]["error"]["status"], "TIMEOUT")
        self.assertIn({"kind": "call", "method": "pack", "params": [1, "x"], "cut": False},
                      [{key: line.get(key) for key in ("kind", "method", "params", "cut")} for line in read["messages"]])

    def test_death(self):
        os.environ["FK_VM_CRASH_DIR"] = self.folder
        try:
            say = Conversation("shell", SCRIPT, "--json")
        finally:
            del os.environ["FK_VM_CRASH_DIR"]
        pid = say(":stats")["result"]["pid"]
        if not pid:
            say.end()
            self.skipTest("this backend has no process to kill")
        for n in range(510):
            say(f"pack {n} card")
        os.kill(pid, signal.SIGKILL)
        error = say("ping")["error"]
        say.end()
        report = error["message"].split("A report is in ")[1]
        read = json.loads(self.good(fkvm("crash", report, "--json")))
        self.assertEqual(read["report"]["error"]["death"], "SIGNAL")
        self.assertEqual(len(read["messages"]), 1000)
        self.assertEqual(read["messages"][-1]["method"], "ping")
        text = self.good(fkvm("crash", report))
        self.assertRegex(text, r"(?m)^died .*\ncause +SIGNAL \(VM_DIED\): it crashed")
        self.assertRegex(text, r"(?m)^what to do +open another VM")
        self.assertIn("The last 50 messages of 1,000 kept", text)

    def test_on_a_terminal(self):
        terminal = Terminal("crash", self.spin())
        terminal.expect("\x1b\\[[0-9;]*mcause")
        self.assertEqual(terminal.end(), 0)

    def test_no_report(self):
        done = fkvm("crash", self.folder)
        self.good(done, 2)
        self.assertIn("there is no report.json", done.stderr)
        for text in ("", "{", "[]", '{"fkvm_crash":"x"}', '\x00'):
            write(os.path.join(self.folder, "report.json"), text)
            done = fkvm("crash", self.folder)
            self.good(done, 1)
            self.assertIn("is no report of fkvm", done.stderr)

    def test_damaged_report(self):
        """What of it can be read is shown."""
        write(os.path.join(self.folder, "report.json"), '{"fkvm_crash":1,"error":{"message":"a\\u001b[2Jb","death":7},"options":[],"time":99999999999999999}')
        write(os.path.join(self.folder, "messages.jsonl"), '{"kind":"call","n":"x","method":{"a":1},"params":7}\n{"kind\n7\n')
        done = fkvm("crash", self.folder)
        text = self.good(done)
        self.assertIn("a\\x1b[2Jb", text)
        self.assertIn('{"a":1} 7', text)
        self.assertIn("2 lines of messages.jsonl cannot be read", done.stderr)
        os.remove(os.path.join(self.folder, "messages.jsonl"))
        self.assertIn("The last 0 messages", self.good(fkvm("crash", self.folder)))


if __name__ == "__main__":
    unittest.main()
