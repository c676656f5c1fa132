# SPDX-License-Identifier: MIT
"""What the library calls while a VM works: host methods and output, on the thread that called."""
import enum
import logging
import sys
from ctypes import string_at
from threading import get_ident
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from ._library import HOST_FN, OUTPUT_FN, library
from ._values import explain, from_json, to_json
from .errors import Error, InterruptError, message_of

_INTERNAL, _OWN_CODES = -32603, range(-32768, -31999)


class Level(enum.IntEnum):
    """What a line or record of output is."""
    PRINT = 0
    DEBUG = 1
    INFO = 2
    WARNING = 3
    CRITICAL = 4
    STDOUT = 5  #: a child's raw standard output
    STDERR = 6  #: a child's standard error


Output = Callable[[Level, str], object]

_LEVELS = tuple(Level)
_LOG = logging.getLogger("fkvm")
_LOG_LEVELS = {Level.DEBUG: logging.DEBUG, Level.INFO: logging.INFO,
               Level.WARNING: logging.WARNING, Level.CRITICAL: logging.CRITICAL}


def default_output(level: Level, text: str) -> None:
    """Prints what the script prints to sys.stdout, as it is at that moment. Records of the script
    go to the logger "fkvm", their lines below the first indented, so that none looks like another
    record. What a child writes to its standard error goes to sys.stderr."""
    if level in _LOG_LEVELS:
        _LOG.log(_LOG_LEVELS[level], "%s", text.replace("\n", "\n    "))
    else:
        print(text, file=sys.stderr if level == Level.STDERR else sys.stdout)


class Callbacks:
    """The two functions for fk_vm_open_json. Exceptions cannot pass through the library. One of a
    host method becomes an error of the script, and is kept for the call that it may come back
    from; one that is no Exception (KeyboardInterrupt) ends the call."""

    def __init__(self, methods: Optional[Mapping[str, Callable[..., Any]]],
                 output: Output) -> None:
        self._library = library()
        self._methods = dict(methods or {})
        self._write = output
        self._serving: List[int] = []  # threads in callbacks
        self.raised: Dict[int, List[BaseException]] = {}  # by thread
        self.host = HOST_FN(self._host) if self._methods else HOST_FN(0)
        self.output = OUTPUT_FN(self._output)

    @property
    def names(self) -> List[str]:
        return list(self._methods)

    def is_serving(self) -> bool:
        """Whether this thread is in a callback of the VM."""
        return get_ident() in self._serving

    def _host(self, _user: Any, request: int, name: bytes, params: bytes, _size: int) -> None:
        thread = get_ident()
        self._serving.append(thread)
        try:
            result = self._call(name.decode(), from_json(params))
            if self._library.fk_reply_json(request, to_json(result, "result")):
                explain(result, "result")
        except BaseException as problem:
            self._fail(request, problem)
        finally:
            self._serving.remove(thread)

    def _call(self, name: str, params: Any) -> Any:
        function = self._methods.get(name)
        first: Tuple[str, ...] = ()
        if function is None:
            function, first = self._methods["*"], (name,)
        if isinstance(params, dict):  # one table, from a child that is no Lua
            return function(*first, params)
        return function(*first, *(params or ()))

    def _fail(self, request: int, problem: BaseException) -> None:
        message = message_of(problem).replace("\0", "\\0").encode("utf-8", "backslashreplace")
        code = getattr(problem, "code", 0)
        is_code = isinstance(code, int) and code in _OWN_CODES
        self._library.fk_fail(request, code if is_code else _INTERNAL, message)
        is_lost = self._library.fk_request_is_notification(request)
        if not isinstance(problem, Exception):
            self._library.fk_vm_interrupt(self._library.fk_request_vm(request))
        elif is_lost:
            _LOG.debug("%s", message.decode(), exc_info=problem)
        if not is_lost or not isinstance(problem, Exception):
            self._keep(problem)

    def _keep(self, problem: BaseException) -> None:
        self.raised.setdefault(get_ident(), []).append(problem)

    def _output(self, _user: Any, level: int, text: int, size: int) -> None:
        thread = get_ident()
        self._serving.append(thread)
        try:
            line = string_at(text, size).decode("utf-8", "backslashreplace")
            self._write(_LEVELS[level], line)
        except Exception:
            raise  # ctypes gives it to sys.unraisablehook
        except BaseException as problem:
            self._keep(problem)
        finally:
            self._serving.remove(thread)

    def settle(self, error: Optional[Error]) -> Optional[BaseException]:
        """What a function of the VM is to raise, once it has returned: error, with the exception
        that caused it, or what was raised to end the call."""
        raised = self.raised.get(get_ident(), [])
        ending = next((each for each in raised if not isinstance(each, Exception)), None)
        cause = next((each for each in reversed(raised)
                      if error and message_of(each) in error.message), None)
        if not self.is_serving():
            self.raised.pop(get_ident(), None)
        if ending and (error is None or isinstance(error, InterruptError)):
            return ending
        if error and cause:
            error.__cause__ = cause
        return error
