# SPDX-License-Identifier: MIT
"""A VM in Python, for the tests of fkvm.child."""
import os
import subprocess
import sys
import threading
import time

from fkvm import child

print("loading")


@child.function
def add(a, b):
    return a + b


@child.function
def echo(*params):
    return params[0] if params else None


@child.function
def join(names):
    return names["a"] + names["b"]


@child.function
def ask_by_name(method):
    return child.call(method, a="x", b="y")


@child.function("room.ask")
def ask(method, *params):
    return child.call(method, *params)


@child.function("try")
def try_(method, *params):
    try:
        return child.call(method, *params)
    except child.MethodError as problem:
        return [str(problem), problem.code]


@child.function
def tell(method, *params):
    child.notify(method, *params)


@child.function
def tell_from_thread(method):
    refused = []

    def work():
        child.notify(method, "from a thread")
        try:
            child.call(method)
        except RuntimeError as problem:
            refused.append(str(problem))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return refused


@child.function
def speak(method):
    print("bef", end="")
    print("ore")
    child.call(method)
    print("after")
    child.warning("careful")
    child.warning("two\nlines")
    sys.stdout.buffer.write(b"\xff\n")
    print("no end", end="")


@child.function
def warn_of(text, count):
    child.warning(text * count + "end")


@child.function
def raw():
    os.write(1, b"from C code\n")
    subprocess.run(["echo", "from a program"], check=True)
    return sys.stdin.read()


@child.function
def fail(text):
    raise ValueError(text)


@child.function
def fail_by_code():
    raise child.MethodError("no such room", -32042)


@child.function
def out_of_memory():
    raise MemoryError


@child.function
def odd():
    return {"a": [object()]}


@child.function
def much(size):
    return "x" * size


@child.function
def say_much(method, size):
    try:
        child.notify(method, "x" * size)
    except child.BadValueError as problem:
        return str(problem)


@child.function
def loop(method=None):
    if method:
        child.notify(method)
        sys.stdout.flush()
    while True:
        pass


@child.function
def sleep(method):
    child.notify(method)
    sys.stdout.flush()
    time.sleep(1000)


@child.function
def ask_then_loop(method):
    child.call(method)
    while True:
        pass


@child.function
def ask_many(method, count):
    return [child.call(method, n) for n in range(count)]


@child.function
def stubborn():
    while True:
        try:
            while True:
                sum(range(100))
        except BaseException:
            pass


@child.function
def leave(code):
    sys.exit(code)


child.run()
print("the end")
