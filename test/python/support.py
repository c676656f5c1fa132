# SPDX-License-Identifier: MIT
"""What the tests of the Python binding share."""
import contextlib
import os
import pathlib
import select
import sys
import threading
import time

import fkvm

HERE = pathlib.Path(__file__).parent
SCRIPT = HERE / "vm.lua"
GAME = HERE / "game.py"
BACKEND = os.environ.get("FK_VM_BACKEND", "embedded")
IS_CHILD = BACKEND == "process"
HANG = 60  # seconds that only a hang takes


class Lines(list):
    """Output as (level, text)."""

    def __call__(self, level, text):
        self.append((level.name, text))

    def texts(self):
        return [text for _, text in self]


def open_vm(methods=None, **options):
    options.setdefault("output", Lines())
    return fkvm.VM(SCRIPT, methods=methods, **options)


def open_game(methods=None, script=GAME, **options):
    """A VM whose child is a Python program."""
    options.setdefault("output", Lines())
    return fkvm.VM(backend="process", command=[sys.executable, str(script)], methods=methods,
                   environment={"PYTHONPATH": os.environ["PYTHONPATH"]}, **options)


def poll_until(vm, done):
    """Handles what a child sends until done() holds."""
    until = time.monotonic() + HANG
    while not done():
        assert time.monotonic() < until, "it never came"
        if vm.fileno() >= 0:
            select.select([vm], [], [], HANG)
        vm.poll()


@contextlib.contextmanager
def in_thread(function):
    """Runs it beside the block; the block's end waits for it and raises what it raised."""
    raised = []

    def run():
        try:
            function()
        except BaseException as problem:
            raised.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(HANG)
        assert not thread.is_alive(), "the thread hangs"
    if raised:
        raise raised[0]
