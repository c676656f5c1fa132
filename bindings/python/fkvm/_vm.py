# SPDX-License-Identifier: MIT
"""A Lua VM."""
import atexit
import ctypes
import json
import os
import time
import warnings
import weakref
from types import TracebackType
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Type, TypeVar, Union

from . import _keyboard
from ._callbacks import Callbacks, Output, default_output
from ._library import error_of, library
from ._values import Value, explain, from_json, to_json
from .errors import BusyError, BadValueError, Error, InvalidError, UnstoppableError

Path = Union[str, "os.PathLike[str]"]
Limit = Optional[int]
Self = TypeVar("Self", bound="VM")

DEFAULT: Any = ...
_UNSTOPPABLE = 14
_Ref = ctypes.byref
_Text = ctypes.c_char_p

_open: "weakref.WeakSet[VM]" = weakref.WeakSet()


class _Names(Dict[str, bytes]):
    """Method names as C wants them."""

    def __missing__(self, name: str) -> bytes:
        encoded = name.encode("utf-8", "backslashreplace")
        if not name or b"\0" in encoded:
            raise InvalidError(f"{name!r} is no name of a method")
        if len(self) >= 10_000:
            self.clear()
        self[name] = encoded
        return encoded


_names = _Names()


def described(options: Mapping[str, Any]) -> bytes:
    """As JSON for fk_vm_open_json, without what has its default."""
    def plain(value: Any) -> Any:
        if isinstance(value, os.PathLike):
            return os.fspath(value)
        return list(value) if isinstance(value, (tuple, set)) else value
    given = {name: plain(value) for name, value in options.items() if value is not DEFAULT}
    return to_json(given, "options")


class VM:
    """Opens a VM and runs its script. Times are milliseconds, sizes bytes; None is no limit.
    include/fk_vm.h says more about each option (fk_vm_options).

    methods are the host methods, functions by their names (see Methods). output gets each line that
    the script prints, and each record of its log, whole with its newlines. Both are called on the thread that called the VM, and may call it again.

    A VM may be called from any thread. It closes as a context manager, by close(), or at last when
    nobody refers to it."""

    def __init__(self, script: Optional[Path] = None, *,
                 methods: Optional[Mapping[str, Callable[..., Any]]] = None,
                 output: Output = default_output, backend: Optional[str] = None,
                 directory: Optional[Path] = None, command: Optional[Sequence[str]] = None,
                 environment: Optional[Mapping[str, str]] = None,
                 preload: Optional[Mapping[str, str]] = None,
                 memory_limit: Limit = DEFAULT, open_timeout: Limit = DEFAULT,
                 call_timeout: Limit = DEFAULT, close_timeout: Limit = DEFAULT,
                 host_timeout: Limit = DEFAULT, max_message: Limit = DEFAULT,
                 max_output: Limit = DEFAULT, max_nesting: int = DEFAULT,
                 max_values: Limit = DEFAULT, max_host_calls: Limit = DEFAULT,
                 sandbox: str = DEFAULT, flags: Sequence[str] = DEFAULT,
                 interrupt_signal: Optional[int] = DEFAULT,
                 globals: Optional[Mapping[str, Any]] = DEFAULT) -> None:
        options = {name: value for name, value in locals().items()
                   if name not in ("self", "methods", "output")}
        self._vm: Optional[int] = None
        self._inside: List[None] = []  # one for each function of the library that runs
        self._handle = ctypes.c_void_p()
        self._library = library()
        self._call_json, self._free = self._library.fk_vm_call_json, self._library.fk_text_free
        self._callbacks = Callbacks(methods, output)
        self._raised = self._callbacks.raised
        self._script = script or command
        _keyboard.watch(_BLOCKING)
        options["methods"] = self._callbacks.names
        try:
            self._run_open(described(options))
            self._vm = self._handle.value
        finally:
            if self._vm is None and self._handle.value:  # a callback ended the program's wait
                self._close(self._handle.value)
        self._fd = int(self._library.fk_vm_fd(self._vm))
        _open.add(self)

    def _run_open(self, options: bytes) -> None:
        error = _Text()
        status = self._library.fk_vm_open_json(options, self._callbacks.host,
                                               self._callbacks.output, None, _Ref(self._handle),
                                               _Ref(error))
        raw = error.value
        self._free(error)
        if status or self._raised:
            self._settle(status, raw)

    def call(self, method: str, /, *params: Value, **names: Value) -> Value:
        """Calls a global function of the script and returns its first result. Parameters by name
        arrive as one table."""
        inside = self._inside
        text = to_json(params, "params") if not names else self._named(params, names)
        name = _names[method]
        answer = _Text()
        try:
            inside.append(None)
            status = self._call_json(self._vm, name, text, _Ref(answer))
            raw: Any = answer.value
        finally:
            self._free(answer)
            inside.pop()
        if status or self._raised:
            self._settle(status, raw, params)
        return from_json(raw)

    def notify(self, method: str, /, *params: Value, **names: Value) -> None:
        """As call, without a result. In a child the function runs later; one that fails is a log
        record, on every backend."""
        text = to_json(params, "params") if not names else self._named(params, names)
        self._run(self._library.fk_vm_notify_json, params, _names[method], text)

    @staticmethod
    def _named(params: Sequence[Value], names: Dict[str, Value]) -> bytes:
        if params:
            raise InvalidError("parameters are either by position or by name")
        return to_json(names, "params")

    def poll(self) -> None:
        """Does what is waiting: notifications and output of a child. An embedded VM tidies up; it
        wants this every 50 to 200 ms while it is idle."""
        self._run(self._library.fk_vm_poll_json)

    def _run(self, function: Any, params: Sequence[Value] = (), *arguments: bytes) -> Any:
        answer = _Text()
        try:
            self._inside.append(None)
            status = function(self._vm, *arguments, _Ref(answer))
            raw = answer.value
        finally:
            self._free(answer)
            self._inside.pop()
        if status or self._raised:
            self._settle(status, raw, params)
        return raw

    def _settle(self, status: int, raw: Optional[bytes], params: Sequence[Value] = ()) -> None:
        error = error_of(raw) if status else None
        if isinstance(error, InvalidError) and self._vm is None and self._handle.value:
            error = InvalidError("the VM is closed")
        if isinstance(error, BadValueError):
            explain(params, "params")  # it may know the place
        problem = self._callbacks.settle(error)
        if problem:
            raise problem

    def stats(self) -> Dict[str, Any]:
        """The fields of fk_stats, and "methods": for each host method its "calls", "total_ns" and
        "max_ns"."""
        return dict(from_json(self._run(self._library.fk_vm_stats_json)))

    def interrupt(self) -> None:
        """Ends what runs in the VM; a call raises InterruptError. From any thread."""
        try:
            self._inside.append(None)
            status = self._library.fk_vm_interrupt(self._vm)
        finally:
            self._inside.pop()
        if status == _UNSTOPPABLE:
            raise UnstoppableError("the work ends only at the script's next use of a host method",
                                   vm_alive=True)
        if status:
            raise InvalidError("the VM is closed")

    def fileno(self) -> int:
        """A descriptor to watch for reading: when it is readable poll() has work. Stop watching
        before close(). -1 if there is never any work: an embedded VM."""
        return -1 if self._vm is None else self._fd

    @property
    def closed(self) -> bool:
        return self._vm is None

    def close(self) -> None:
        """Closes the VM; a call of another thread is interrupted and waited for. In a callback of
        the VM it raises BusyError. A second close does nothing."""
        vm, self._vm = self._vm, None  # what comes later is refused
        if vm is None:
            return
        try:
            self._close(vm)
        except BusyError:
            self._vm = vm
            raise
        _open.discard(self)

    def _close(self, vm: int) -> None:
        while self._inside and not self._callbacks.is_serving():
            self._library.fk_vm_interrupt(vm)  # one that is just about to enter comes to its end
            time.sleep(0.001)
        error = _Text()
        status = self._library.fk_vm_close_json(vm, _Ref(error))
        raw = error.value
        self._free(error)
        problem = self._callbacks.settle(error_of(raw) if status else None)
        if problem:
            raise problem

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], problem: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_vm", None) is None:
            return
        warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self)
        try:
            self.close()
        except Error:
            pass  # it was to be gone, and is

    def __repr__(self) -> str:
        return f"<fkvm.VM {self._script!r}{' closed' if self.closed else ''}>"


_BLOCKING = {function.__code__ for function in
             (VM._run_open, VM.call, VM._run, VM._close)}


def _forget() -> None:
    """In a copy made by fork() the VMs are the parent's."""
    for vm in list(_open):
        vm._vm = None


os.register_at_fork(after_in_child=_forget)


@atexit.register
def _close_all() -> None:
    for vm in list(_open):
        try:
            vm.close()
        except Error:
            pass
