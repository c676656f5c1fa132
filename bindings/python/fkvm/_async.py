# SPDX-License-Identifier: MIT
"""A VM in an asyncio program. Each VM has one thread, in which its calls run in their order."""
import asyncio
import contextvars
import inspect
import logging
import queue
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Callable, Dict, Mapping, Optional, Type, TypeVar

from ._values import Value
from ._vm import VM, Path
from .errors import Error

Self = TypeVar("Self", bound="AsyncVM")

_TIDY_SECONDS = 0.1  # an idle embedded VM wants to be polled
_LOG = logging.getLogger("fkvm")


class _Waiting:
    """The thread of a VM while it waits for an async host method, which may call the VM again:
    nested calls belong on this thread."""

    def __init__(self, vm: "AsyncVM") -> None:
        self.vm = vm
        self.is_over = False
        self._work: "queue.SimpleQueue[Optional[Callable[[], None]]]" = queue.SimpleQueue()

    def submit(self, function: Callable[..., Any], *args: Any, **names: Any) -> "Future[Any]":
        future: "Future[Any]" = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(*args, **names))
            except BaseException as problem:
                future.set_exception(problem)

        self._work.put(work)
        return future

    def end(self, _future: "Future[Any]") -> None:
        self.is_over = True
        self._work.put(None)

    def wait(self, answer: "Future[Any]") -> Any:
        answer.add_done_callback(self.end)
        while True:
            work = self._work.get()
            if work is None:
                return answer.result()
            work()


_waiting: "contextvars.ContextVar[Optional[_Waiting]]" = contextvars.ContextVar(
    "fkvm_waiting", default=None)


class AsyncVM:
    """As VM, with the same options, to be opened by `async with` or open(). Host methods run in the
    VM's thread; those that are `async def` run in the loop, and may await calls of this VM.

    Cancelling a call interrupts it. What a child sends between calls is handled as it comes, and an
    idle embedded VM is kept tidy. on_death hears of a VM that dies between calls."""

    def __init__(self, script: Optional[Path] = None, *,
                 methods: Optional[Mapping[str, Callable[..., Any]]] = None,
                 on_death: Optional[Callable[[Error], object]] = None, **options: Any) -> None:
        self._options: Dict[str, Any] = {"script": script, **options}
        self._methods = methods or {}
        self._on_death = on_death
        self._vm: Optional[VM] = None
        self._fd = -1
        self._tidying: Optional[asyncio.TimerHandle] = None
        self._is_watching = False

    async def open(self: Self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fkvm")
        methods = {name: self._bridged(function) for name, function in self._methods.items()}
        try:
            self._vm = await self._loop.run_in_executor(
                self._thread, lambda: VM(methods=methods, **self._options))
        except BaseException:
            self._thread.shutdown(wait=False)
            raise
        self._fd = self._vm.fileno()
        self._is_watching = True
        self._watch()
        return self

    def _bridged(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if not inspect.iscoroutinefunction(function):
            return function

        def run(*params: Any, **names: Any) -> Any:
            waiting = _Waiting(self)
            before = _waiting.set(waiting)  # the coroutine's context is a copy of this one
            try:
                answer = asyncio.run_coroutine_threadsafe(function(*params, **names), self._loop)
            finally:
                _waiting.reset(before)
            return waiting.wait(answer)

        return run

    async def call(self, method: str, /, *params: Value, **names: Value) -> Value:
        return await self._run(self._open_vm().call, method, *params, **names)

    async def notify(self, method: str, /, *params: Value, **names: Value) -> None:
        await self._run(self._open_vm().notify, method, *params, **names)

    async def poll(self) -> None:
        await self._run(self._open_vm().poll)

    def stats(self) -> Dict[str, Any]:
        return self._open_vm().stats()

    def interrupt(self) -> None:
        self._open_vm().interrupt()

    @property
    def closed(self) -> bool:
        return self._vm is None or self._vm.closed

    async def close(self) -> None:
        """Ends what runs, and closes the VM."""
        if self._vm is None or self._vm.closed:
            return
        self._unwatch()
        try:
            await self._loop.run_in_executor(None, self._vm.close)
        finally:
            if self._vm.closed:
                self._thread.shutdown(wait=False)

    async def __aenter__(self: Self) -> Self:
        return await self.open()

    async def __aexit__(self, kind: Optional[Type[BaseException]],
                        problem: Optional[BaseException],
                        traceback: Optional[TracebackType]) -> None:
        await self.close()

    def _open_vm(self) -> VM:
        if self._vm is None:
            raise RuntimeError("the VM is not open: use `async with`, or await open()")
        return self._vm

    async def _run(self, function: Callable[..., Any], *params: Any, **names: Any) -> Any:
        waiting = _waiting.get()
        is_nested = waiting is not None and waiting.vm is self and not waiting.is_over
        submit = waiting.submit if waiting and is_nested else self._thread.submit
        work = submit(function, *params, **names)
        try:
            return await asyncio.wrap_future(work)
        except asyncio.CancelledError:
            self._end(work)
            raise
        finally:
            self._tidy_soon()

    def _end(self, work: "Future[Any]") -> None:
        """Again and again: it may be just about to begin."""
        if work.done() or self.closed:
            return
        try:
            self._open_vm().interrupt()
        except Error:
            pass  # it ends by itself
        self._loop.call_later(0.01, self._end, work)

    def _watch(self) -> None:
        if not self._is_watching:
            return
        if self._fd >= 0:
            self._loop.add_reader(self._fd, self._look)
        elif self._open_vm().stats()["wants_poll"]:
            self._tidy_soon()

    def _tidy_soon(self) -> None:
        if self._is_watching and self._fd < 0 and self._tidying is None:
            self._tidying = self._loop.call_later(_TIDY_SECONDS, self._look)

    def _unwatch(self) -> None:
        self._is_watching = False
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
        elif self._tidying:
            self._tidying.cancel()

    def _look(self) -> None:
        """Watches again after the poll: a call that runs does the waiting work itself."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
        self._tidying = None
        work = self._loop.run_in_executor(self._thread, self._open_vm().poll)
        work.add_done_callback(self._looked)

    def _looked(self, work: "asyncio.Future[None]") -> None:
        problem = None if work.cancelled() else work.exception()
        if problem is None:
            self._watch()
        elif self._is_watching and isinstance(problem, Error):
            self._is_watching = False
            if self._on_death:
                self._on_death(problem)
            else:
                _LOG.warning("%s", problem)
