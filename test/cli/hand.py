# SPDX-License-Identifier: MIT
"""Traces written by hand."""
from support import HERE, json, os

REPLAYED = os.path.join(HERE, "replay.lua")


class Hand:
    """A trace written by hand: each message is (to, method, params), an answer (to, id, result)."""

    def __init__(self, script=REPLAYED, pid=7, options=None, **opening):
        self.pid, self.lines, self.last, self.ns = pid, [], 0, None
        options = {"script": os.path.basename(script), "directory": os.path.dirname(script), "call_timeout": 15000, **(options or {})}
        self.answer("server", self.call("vm", "$/open", {"options": options, **opening}), {})

    def line(self, **members):
        ns = len(self.lines) if self.ns is None else self.ns
        self.lines.append(json.dumps({"pid": self.pid, "vm": 1, "ns": ns, **members}, separators=(",", ":")))
        return self

    def at(self, ns):
        """When what follows happens; without it each message takes a nanosecond."""
        self.ns = ns
        return self

    def add(self, to, **rpc):
        return self.line(to=to, rpc={"jsonrpc": "2.0", **rpc})

    def state(self, memory, idle_ns=0, **methods):
        costs = [{"name": name, "calls": calls, "total_ns": total, "max_ns": most} for name, (calls, total, most) in methods.items()]
        return self.line(state={"memory": memory, "memory_peak": memory, "idle_ns": idle_ns, **({"methods": costs} if costs else {})})

    def call(self, to, method, params):
        self.last += 1
        self.add(to, method=method, params=params, id=self.last)
        return self.last

    def note(self, to, method, *params):
        return self.add(to, method=method, params=params)

    def answer(self, to, number, result):
        return self.add(to, result=result, id=number)

    def fails(self, to, number, message, **data):
        return self.add(to, error={"code": -32000, "message": message, **({"data": data} if data else {})}, id=number)

    def opened(self):
        """The request that the script makes while it is loaded comes before the answer of $/open."""
        answer = self.lines.pop()
        self.answer("vm", self.call("server", "deck", [3]), 17)
        self.lines.append(answer)
        return self

    def close(self):
        return self.add("vm", method="$/close")
