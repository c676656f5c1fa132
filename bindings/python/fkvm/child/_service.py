# SPDX-License-Identifier: MIT
"""What the server asks of a child: each request or notification is a piece of work."""
import os
import traceback
from typing import Any, Callable, Dict, Optional

from .._methods import Methods
from .._values import Value
from ..errors import BadValueError, MethodError, message_of
from ._limits import Ended, Limits
from ._peer import Peer

_NO_METHOD, _SCRIPT_ERROR, _TIMEOUT, _MEMORY, _BAD_VALUE = -32601, -32000, -32001, -32002, -32003
_HERE = os.path.dirname(__file__) + os.sep


class _NoFunction(Exception):
    pass


class Service:
    def __init__(self, functions: Methods, limits: Limits) -> None:
        self._functions = functions
        self._limits = limits
        self.is_over = False
        self._own: Dict[str, Callable[..., Value]] = {
            "bye": lambda *_: "Goodbye",
            "ping": lambda *_: "PONG",
            "$/methods": lambda *_: sorted(self._functions),
        }

    def handle(self, peer: Peer, message: Dict[str, Any]) -> None:
        name, number, params = (message.get(key) for key in ("method", "id", "params"))
        if name is None:
            return  # an answer that nobody waits for
        if number is None:
            self._notification(peer, name, params)
        else:
            self._request(peer, name, params, number)
            self.is_over = self.is_over or name == "bye"

    def _request(self, peer: Peer, name: str, params: Any, number: int) -> None:
        try:
            peer.reply(number, self._perform(peer, f"the call of '{name}'", name, params, False))
        except SystemExit:
            raise
        except BaseException as problem:
            error = error_of(problem)
            try:
                peer.error(number, error)
            except BadValueError:  # max_message
                peer.error(number, {"code": error["code"], "message": error["message"][:1000]})

    def _notification(self, peer: Peer, name: str, params: Any) -> None:
        work = f"the notification '{name}'"
        try:
            self._perform(peer, work, name, params, True)
        except SystemExit:
            raise
        except BaseException as problem:
            message = error_of(problem)["message"]
            record = message if message.startswith(work) else f"{work} failed: {message}"
            peer.output(f"{record}\n".encode("utf-8", "surrogateescape"), "warning")

    def _perform(self, peer: Peer, work: str, name: str, params: Any,
                 is_notification: bool) -> Value:
        function = self._own.get(name) or self._functions.get(name)
        if function is None:
            raise _NoFunction(f"the program has no function '{name}'")
        limits = self._limits
        try:
            limits.begin(work, peer.messages_in, is_notification)
            if isinstance(params, dict):  # one table
                result = function(params)
            else:
                result = function(*(params or ()))
            limits.running = False
            return result
        finally:
            limits.running = False  # before any call, where a signal could raise once more
            limits.end()


def code_of(problem: BaseException) -> int:
    if isinstance(problem, MethodError):
        return problem.code
    if isinstance(problem, Ended):
        return _TIMEOUT if problem.is_timeout else _SCRIPT_ERROR
    for kind, code in ((_NoFunction, _NO_METHOD), (MemoryError, _MEMORY),
                       (BadValueError, _BAD_VALUE)):
        if isinstance(problem, kind):
            return code
    return _SCRIPT_ERROR


def error_of(problem: BaseException) -> Dict[str, Any]:
    """Of a JSON-RPC answer."""
    if isinstance(problem, _NoFunction):
        return {"code": _NO_METHOD, "message": str(problem)}
    text = str(problem) if isinstance(problem, Ended) else message_of(problem)
    data = {"traceback": traceback_of(problem)}
    if isinstance(problem, Ended):
        data["status"] = "TIMEOUT" if problem.is_timeout else "INTERRUPTED"
    return {"code": code_of(problem), "message": _clean(text), "data": data}


def traceback_of(problem: BaseException) -> str:
    """Without what is this package's."""
    told: Optional[traceback.TracebackException] = \
        traceback.TracebackException.from_exception(problem)
    first = told
    while told:
        told.stack = traceback.StackSummary.from_list(
            [frame for frame in told.stack if not frame.filename.startswith(_HERE)])
        told = told.__cause__
    return _clean("".join(first.format() if first else ()).rstrip("\n"))


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
