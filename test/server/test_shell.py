#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The admin shell on a terminal: editing, completion, history, the log beside it, and its keys."""
import os
import signal
import sys
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from terminal import Terminal  # noqa: E402

PROMPT = "fk-server> "


class AdminShell(unittest.TestCase):
    def serve(self):
        self.serve_by()

    def serve_by(self, *command):
        self.terminal = Terminal(*command, os.environ["FK_SERVER"], os.environ["FK_GAME"], "--port", "0")
        self.terminal.expect("listens on 127.0.0.1:")
        self.terminal.expect(PROMPT)

    def say(self, keys, *answers):
        self.terminal.type(keys)
        for answer in answers:
            self.terminal.expect(answer)
        self.terminal.expect(PROMPT)

    def test_edit_complete_and_remember(self):
        self.serve()
        self.say("st\t\n", "at ", "pool running, version 1")
        self.say("re\t\n", "load ", "new rooms open on new VMs")
        self.say("r\t", "rooms +room +reload")  # several fit: a list, and the line again
        self.say("\x15room \t9\n", "there is no room 9")  # Ctrl-U; no room, nothing to complete
        self.say("\x1b[A\x1b[A\x1b[A\n", "pool running, version 2")  # up: room 9, reload, stat
        self.say("backend e\t\n", "mbedded ", "new rooms open on VMs of the backend embedded")
        self.say("hel\x1b[D\x1b[D\x1b[Cp\x7flp\x0b\n", "there is no command hellp|kill-vm ID")  # left, right, erase, Ctrl-K
        self.terminal.type("quit\n")
        self.assertEqual(self.terminal.end(keep=True), 0)
        with open(os.path.join(self.terminal.home.name, ".local/state/fk-server/history")) as history:
            self.assertIn("backend", history.read())
        self.terminal.home.cleanup()

    def test_records_leave_the_line_that_is_typed(self):
        self.serve()
        self.terminal.type("kill-vm \t\n")
        self.terminal.expect(r"a VM died; [^\n]*\n[\s\S]*" + PROMPT)
        self.say("quix\x7ft\x15backend\n", "process|embedded")
        self.terminal.type("ro")
        self.terminal.expect("ro")
        os.kill(self.terminal.pid, signal.SIGTERM)
        self.assertEqual(self.terminal.end(), 0)

    def test_ctrl_c_drops_a_line_then_ends_the_server(self):
        self.serve()
        for _ in range(2):
            self.say("quit\x03", r"\^C\s+")
        self.say("rooms\n", "room +name")
        self.terminal.type("\x03")
        self.assertEqual(self.terminal.end(), 0)

    def test_ctrl_d_ends_the_shell_alone(self):
        self.serve()
        self.terminal.type("\x04")
        self.terminal.expect("\n")
        os.kill(self.terminal.pid, 0)
        self.terminal.type("\x03")  # a signal again
        self.assertEqual(self.terminal.end(), 0)

    def test_ctrl_z_and_back(self):
        self.serve_by("/bin/sh", "-c", 'set -m; "$0" "$@"; echo suspended; fg; exit $?')
        self.terminal.type("ro\x1a")
        self.terminal.expect("suspended")
        self.terminal.expect(PROMPT + "ro")
        self.say("oms\n", "room +name")
        self.terminal.type("\x03")
        self.assertEqual(self.terminal.end(), 0)


if __name__ == "__main__":
    unittest.main()
