# SPDX-License-Identifier: MIT
"""Runs the command fkvm as a user or a program would."""
import json
import os
import re
import signal
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "support"))
import terminal  # noqa: E402

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


class Terminal(terminal.Terminal):
    def __init__(self, *arguments):
        super().__init__(FKVM, *arguments)


class Case(unittest.TestCase):
    def good(self, done, code=0):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def json_lines(self, done, code=0):
        return [json.loads(line) for line in self.good(done, code).splitlines()]


__all__ = ["Case", "Conversation", "FKVM", "HERE", "SCRIPT", "Terminal", "fkvm", "json", "os", "re", "signal", "unittest", "write"]
