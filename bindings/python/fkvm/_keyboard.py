# SPDX-License-Identifier: MIT
"""Ctrl-C while the main thread is in a VM: Python's own handler runs only after the library has
returned. A thread hears of the signal at once and interrupts the VM that the main thread calls."""
import os
import signal
import sys
import threading
import time
from types import CodeType, FrameType
from typing import Container, Optional

_watching: Optional[int] = None  # the descriptor that Python writes signals to


def watch(blocking: Container[CodeType]) -> None:
    """blocking is the code of the methods that call the library. Does nothing where somebody else
    waits for signals: then a call ends at its limit."""
    global _watching
    if _watching is not None or threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    if before != -1:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)
        return
    _watching = writing
    threading.Thread(target=_listen, args=(reading, blocking), name="fkvm-keyboard",
                     daemon=True).start()


def _forget() -> None:
    """After a fork the thread is missing, and the pipe is the parent's."""
    global _watching
    if _watching is not None:
        signal.set_wakeup_fd(-1)
        _watching = None


os.register_at_fork(after_in_child=_forget)


def _listen(reading: int, blocking: Container[CodeType]) -> None:
    while True:
        numbers = os.read(reading, 256)
        if signal.SIGINT in numbers and \
                signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            _interrupt(blocking)


def _interrupt(blocking: Container[CodeType]) -> None:
    """Again and again: the main thread may be just about to enter the library."""
    first = frame = _frame_of_main()
    while frame is not None and frame is first and frame.f_code in blocking:
        vm = frame.f_locals["self"]
        if vm._handle.value:
            vm._library.fk_vm_interrupt(vm._handle.value)
        time.sleep(0.005)
        frame = _frame_of_main()


def _frame_of_main() -> Optional[FrameType]:
    return sys._current_frames().get(threading.main_thread().ident or 0)
