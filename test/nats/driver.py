# SPDX-License-Identifier: MIT
"""A server of the tests: the program `driver`, its orders and its answers."""
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading

from cluster import LONGEST, end_with_parent

SCRIPT = pathlib.Path(__file__).resolve().parent / "script.lua"


class Answer:
    def __init__(self, line):
        self.vm, self.word, self.status, *text = line.split(" ", 3)
        self.text = text[0] if text else ""

    def __repr__(self):
        return f"{self.vm} {self.word} {self.status} {self.text}"

    @property
    def value(self):
        return json.loads(self.text)

    @property
    def message(self):
        return self.value["message"]


class Driver:
    """driver.open("a"); driver.call("a", "echo", 1); each VM's orders are obeyed in turn."""

    def __init__(self, cluster, prefix=(), **environment):
        self.process = subprocess.Popen(
            [*prefix, cluster.build / "test/nats/driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, bufsize=1, errors="replace", env=cluster.environment(**environment), preexec_fn=end_with_parent)
        cluster.processes.append(self.process)
        self.answers = {}
        self.lock = threading.Lock()
        threading.Thread(target=self.read, daemon=True).start()
        self.answer("driver")

    @property
    def pid(self):
        return self.process.pid

    def queue(self, vm):
        with self.lock:
            return self.answers.setdefault(vm, queue.Queue())

    def read(self):
        for line in self.process.stdout:
            if line.count(" ") < 2:
                os._exit(print(f"the driver said: {line[:300]!r}", flush=True) or 1)
            answer = Answer(line.rstrip("\n"))
            self.queue(answer.vm).put(answer)

    def order(self, vm, words):
        self.process.stdin.write(f"{vm} {words}\n")
        self.process.stdin.flush()

    def answer(self, vm):
        try:
            return self.queue(vm).get(timeout=LONGEST)
        except queue.Empty:
            sys.exit(f"the driver said nothing of {vm} for {LONGEST} s; it is {self.process.poll()}")

    # Each waits for its answer, if `wait`.
    def open(self, vm, wait=True, **options):
        usual = {"script": str(SCRIPT), "methods": ["number", "echo"], "flags": ["no_template"]}
        self.order(vm, "open " + json.dumps({**usual, **options}))
        return self.answer(vm) if wait else None

    def call(self, vm, method, *params, wait=True):
        self.order(vm, f"call {method} {json.dumps(params)}")
        return self.answer(vm) if wait else None

    def close(self, vm, wait=True):
        self.order(vm, "close")
        return self.answer(vm) if wait else None

    def stats(self, vm):
        self.order(vm, "stats")
        return self.answer(vm).value

    def end(self):
        self.process.stdin.close()
        try:
            return self.process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            sys.exit("the driver does not end")


def expect(answer, status="OK"):
    if answer.status != status:
        sys.exit(f"expected {status}, but: {answer}")
    return answer


def check(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")
