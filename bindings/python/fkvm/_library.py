# SPDX-License-Identifier: MIT
"""libfkvm as ctypes sees it: found, loaded once, each function with its types."""
import ctypes
import functools
import os
from ctypes import CFUNCTYPE, POINTER, c_bool, c_char_p, c_int, c_int32, c_size_t, c_void_p
from typing import Any, Dict, List, NamedTuple

from . import errors
from ._values import from_json

HOST_FN = CFUNCTYPE(None, c_void_p, c_void_p, c_char_p, c_char_p, c_size_t)
OUTPUT_FN = CFUNCTYPE(None, c_void_p, c_int, c_void_p, c_size_t)

_TEXT_OUT = POINTER(c_char_p)
_FUNCTIONS: Dict[str, Any] = {  # name: result, parameters
    "fk_version": (c_char_p, []),
    "fk_backend_list_json": (c_int, [_TEXT_OUT]),
    "fk_vm_open_json": (c_int, [c_char_p, HOST_FN, OUTPUT_FN, c_void_p, POINTER(c_void_p),
                                _TEXT_OUT]),
    "fk_vm_call_json": (c_int, [c_void_p, c_char_p, c_char_p, _TEXT_OUT]),
    "fk_vm_notify_json": (c_int, [c_void_p, c_char_p, c_char_p, _TEXT_OUT]),
    "fk_vm_poll_json": (c_int, [c_void_p, _TEXT_OUT]),
    "fk_vm_close_json": (c_int, [c_void_p, _TEXT_OUT]),
    "fk_vm_stats_json": (c_int, [c_void_p, _TEXT_OUT]),
    "fk_vm_interrupt": (c_int, [c_void_p]),
    "fk_vm_fd": (c_int, [c_void_p]),
}
_BRIEF_FUNCTIONS: Dict[str, Any] = {  # they end at once: to keep the GIL costs less
    "fk_text_free": (None, [c_char_p]),
    "fk_reply_json": (c_int, [c_void_p, c_char_p]),
    "fk_fail": (c_int, [c_void_p, c_int32, c_char_p]),
    "fk_request_is_notification": (c_bool, [c_void_p]),
    "fk_request_vm": (c_void_p, [c_void_p]),
}


class Library:
    """The functions of fk_vm.h and fk_foreign.h that this package uses, under their own names."""

    def __init__(self, name: str) -> None:
        try:
            self._bind(ctypes.CDLL(name), _FUNCTIONS)
            self._bind(ctypes.PyDLL(name), _BRIEF_FUNCTIONS)
        except OSError as problem:
            raise OSError(f"fkvm: cannot load {name}: {problem}; install fkvm, or set "
                          "FK_VM_LIBRARY to the path of its library") from None
        except AttributeError as problem:
            raise OSError(f"fkvm: {name} is too old for this package: {problem}") from None

    def _bind(self, loaded: ctypes.CDLL, functions: Dict[str, Any]) -> None:
        for name, (result, parameters) in functions.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, parameters
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:  # for type checkers: all are bound in __init__
        raise AttributeError(name)

    def text(self, function: Any, *arguments: Any) -> Any:
        """Calls what hands out JSON: its value, or its error as an exception."""
        answer = c_char_p()
        status = function(*arguments, ctypes.byref(answer))
        raw = answer.value
        self.fk_text_free(answer)
        if status:
            raise error_of(raw)
        return None if raw is None else from_json(raw)


def error_of(raw: Any) -> errors.Error:
    if raw is None:
        return errors.NoMemoryError("out of memory while an error was handed out")
    return errors.from_report(from_json(raw))


@functools.lru_cache(maxsize=None)
def library() -> Library:
    """Loaded by the first VM, so that a child runs without it."""
    return Library(os.environ.get("FK_VM_LIBRARY") or "libfkvm.so.1")


class Backend(NamedTuple):
    name: str
    available: bool
    source: str
    about: str


def backends() -> List[Backend]:
    """The backends of the library, and the plug-ins found."""
    found = library().text(library().fk_backend_list_json)
    return [Backend(*(entry[field] for field in Backend._fields)) for entry in found]


def version() -> str:
    """Of the library that runs."""
    return str(library().fk_version().decode())
