# SPDX-License-Identifier: MIT
"""The methods of fkvm conformance (docs/protocol.md, "Trying it"), by fkvm.child."""
from fkvm import child

notes = []


@child.function
def echo(value=None):
    return value


@child.function
def pack(*params):
    return params


@child.function
def fail(message):
    raise ValueError(message)


@child.function
def fill(size):
    return "x" * size


@child.function
def many(count):
    return list(range(1, count + 1))


@child.function
def hold(size):
    return len(bytearray(size))


@child.function
def note(value):
    notes.append(value)


@child.function
def take_notes():
    taken = notes[:]
    notes.clear()
    return taken


@child.function
def print_line(text):
    print(text)


@child.function
def call_host(method, *params):
    return child.call(method, *params)


@child.function
def notify_host(method, count):
    for number in range(count):
        child.notify(method, number + 1)


@child.function
def loop():
    child.call("looping")
    while True:
        pass


note(child.call("opening", "test"))
child.run()
