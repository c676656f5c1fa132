# SPDX-License-Identifier: MIT
"""The child's end of the protocol (docs/protocol.md): what a program in Python calls."""
import atexit
import io
import os
import platform
import sys
import threading
from types import TracebackType
from typing import Any, Callable, Dict, Optional, Type

from .. import __version__
from .._methods import Methods
from .._values import Value
from ..errors import InvalidError, MethodError, NoMemoryError, message_of
from ._limits import Limits
from ._peer import Output, Peer, take_streams
from ._service import Service, traceback_of

_NAME = "fkvm-python"


class Runtime:
    """One in a process. All but notify() and output belongs to the main thread."""

    def __init__(self) -> None:
        self.functions = Methods()
        self._limits = Limits()
        self._service = Service(self.functions, self._limits)
        self._peer: Optional[Peer] = None
        self._last_id = 0
        self._is_loaded = False
        if os.environ.pop("FK_VM_FEATURES", None) is not None:  # fkvm has started this process
            self._begin()

    def _begin(self) -> Peer:
        if os.isatty(0):
            raise RuntimeError("no server: this program is the child of one, by FK_VM_COMMAND")
        sys.stdout.flush()
        self._peer = peer = Peer(*take_streams())
        self._limits.listen()
        sys.stdout = io.TextIOWrapper(Output(peer), "utf-8", "surrogateescape",  # type: ignore
                                      newline="\n", write_through=True)
        self._next_hook, sys.excepthook = sys.excepthook, self._on_failure
        atexit.register(self._flush_at_end)
        peer.notify("$/starting", [{"protocol": 1, "name": _NAME}])
        return peer

    def run(self) -> None:
        """Says that the program is loaded, and serves until the server ends the VM."""
        peer = self._begun()
        peer.notify("$/hello", [{
            "protocol": 1, "name": _NAME, "version": __version__, "interrupt": True, "limits": True,
            "lua": f"{platform.python_implementation()} {platform.python_version()}"}])
        self._is_loaded = True
        while not self._service.is_over:
            message = peer.read()
            if message is None:
                break
            self._service.handle(peer, message)
        peer.flush()

    def call(self, method: str, /, *params: Value, **names: Value) -> Value:
        """Calls a host method of the server and returns its result. Raises MethodError for its
        error."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("child.call() belongs to the main thread; others have notify()")
        peer, limits = self._begun(), self._limits
        was_running, limits.running = limits.running, False
        try:
            self._last_id += 1
            peer.call(self._last_id, method, _either(params, names))
            answer = self._wait(peer, self._last_id)
        finally:
            limits.running = was_running
        limits.check()
        if "error" in answer:
            error = answer["error"]
            raise MethodError(f"{method}: {error['message']}", error["code"])
        return answer["result"]

    def notify(self, method: str, /, *params: Value, **names: Value) -> None:
        """The same without waiting; a failure is a log record of the server. From any thread."""
        self._quietly(self._begun().notify, method, _either(params, names))

    def logger(self, level: str) -> Callable[[str], None]:
        def log(text: str) -> None:
            data = f"{text}\n".encode("utf-8", "surrogateescape")
            self._quietly(self._begun().output, data, level)
        log.__doc__ = f"A record of the server's log: {level}."
        return log

    def _begun(self) -> Peer:
        return self._peer or self._begin()

    def _quietly(self, function: Callable[..., None], *arguments: Any) -> None:
        """Nothing is to be raised while half of a message is written."""
        limits = self._limits
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or not limits.running:
            return function(*arguments)
        limits.running = False
        try:
            function(*arguments)
        finally:
            limits.running = True
        limits.check()

    def _wait(self, peer: Peer, number: int) -> Dict[str, Any]:
        while True:
            message = peer.read()
            if message is None:
                raise SystemExit(0)  # the server is gone
            if "method" in message:
                self._service.handle(peer, message)
            elif message.get("id") == number:
                return message

    def _on_failure(self, kind: Type[BaseException], problem: BaseException,
                    traceback: Optional[TracebackType]) -> None:
        """The server gives a failure to load to who opened the VM."""
        if self._is_loaded:
            self._next_hook(kind, problem, traceback)
            return
        status = NoMemoryError.status if kind is MemoryError else "OPEN_FAILED"
        self._begun().notify("$/failed", [status, message_of(problem), traceback_of(problem)])

    def _flush_at_end(self) -> None:
        try:
            self._begun().flush()
        except OSError:
            pass  # the server is gone


def _either(params: Any, names: Dict[str, Value]) -> Value:
    if params and names:
        raise InvalidError("parameters are either by position or by name")
    return names or params
