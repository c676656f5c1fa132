# SPDX-License-Identifier: MIT
"""Runs the command fkvm as a user or a program would."""
import json
import os
import pty
import re
import select
import signal
import subprocess
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FKVM = os.environ["FKVM"]
SCRIPT = os.path.join(HERE, "cli.lua")
LIMIT = 60  # seconds; only a hang takes so long


def fkvm(*arguments, text="", **variables):
    """Output and errors are pipes: no terminal anywhere."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FK_VM_") or name == "FK_VM_BACKEND"}
    environment.update(variables)
    return subprocess.run([FKVM, *arguments], input=text, capture_output=True, text=True, timeout=LIMIT, env=environment)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Conversation:
    """Line by line with a program that answers each line with one of JSON."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([FKVM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, line):
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def end(self):
        with self.process:  # closes the pipes and waits
            pass
        return self.process.returncode


class Terminal:
    """fkvm on a pseudo-terminal of 100 columns."""

    def __init__(self, *arguments):
        self.home = tempfile.TemporaryDirectory()
        self.said = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", HOME=self.home.name, COLUMNS="100")
            os.environ.pop("XDG_STATE_HOME", None)
            os.execv(FKVM, [FKVM, *arguments])

    def type(self, text):
        os.write(self.fd, text.encode())

    def expect(self, pattern):
        """Waits until pattern was said; what was said up to its end is then forgotten."""
        end = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.said)):
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"'{pattern}' did not come; there was {self.said!r}")
            try:
                self.said += os.read(self.fd, 4096).decode(errors="replace")
            except OSError:
                raise AssertionError(f"it ended without '{pattern}'; there was {self.said!r}") from None
        self.said = self.said[found.end():]
        return found

    def end(self, keep=False):
        """Its exit code; the rest of what it says is dropped. keep: its home stays."""
        try:
            while os.read(self.fd, 4096):
                pass
        except OSError:
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        if not keep:
            self.home.cleanup()
        return os.waitstatus_to_exitcode(status)


class Case(unittest.TestCase):
    def good(self, done, code=0):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def json_lines(self, done, code=0):
        return [json.loads(line) for line in self.good(done, code).splitlines()]


__all__ = ["Case", "Conversation", "FKVM", "HERE", "SCRIPT", "Terminal", "fkvm", "json", "os", "re", "signal", "unittest", "write"]
