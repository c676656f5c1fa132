# SPDX-License-Identifier: MIT
"""When what runs has to end: the server's wish, which is a SIGINT with a value, and the limit of a
notification, which a child keeps itself (docs/protocol.md, "interrupt" and "limits of its own")."""
import ctypes
import faulthandler
import os
import signal
import struct
import threading
from typing import Optional

_MASK = 2 ** 30 - 1  # of the number of a message in the signal's value
_NOT_STOPPED = 82  # exit code: it did not end at its limit
_LONGEST_PERIOD, _GRACE = 0.1, 12  # seconds between ticks, and ticks after the limit
_SFD_CLOEXEC, _SI_QUEUE = 0o2000000, -1


class Ended(KeyboardInterrupt):
    """Raised in a function that has to end: the server interrupts it, or its limit is reached. Let
    it pass."""

    def __init__(self, message: str, is_timeout: bool) -> None:
        super().__init__(message)
        self.is_timeout = is_timeout


class Limits:
    """Of the main thread. Ended is raised only while `running`: in the game's own code. Time is
    counted in ticks, so that it stands still while this process is stopped."""

    def __init__(self) -> None:
        self.running = False
        self._depth = 0
        self._work = ""  # the outermost, as an error names it
        self._first = 0  # the number of the message that began it
        self._overdue = self._used = 0.0  # looks since it has to end; seconds
        self._limit = 0.0  # of the work at hand, 0: the server keeps it
        self._wish: Optional[int] = None  # the value of the last SIGINT
        ms = int(os.environ.get("FK_VM_CALL_TIMEOUT") or 0)
        self._ms = 0 if ms >= 2 ** 32 - 1 else ms
        self._period = min(self._ms / 8000, _LONGEST_PERIOD)

    def listen(self) -> None:
        """Once, by the main thread."""
        self._main = threading.get_ident()
        signal.signal(signal.SIGALRM, self._on_tick)
        for number in (signal.SIGTERM, signal.SIGHUP):  # the server decides what they mean
            signal.signal(number, lambda *_: None)
        # C code that never looks for signals gets last words and its end.
        faulthandler.register(signal.SIGVTALRM, file=2, chain=True)
        try:
            descriptor = _signal_descriptor()
        except (AttributeError, OSError):  # then without the value
            signal.signal(signal.SIGINT, lambda *_: self._hear(None))
            return
        threading.Thread(target=self._read, args=(descriptor,), name="fkvm-signals",
                         daemon=True).start()

    def begin(self, work: str, message: int, is_notification: bool) -> None:
        """Of what the message asks for; may raise Ended. Whatever happens, end() follows."""
        self._depth += 1
        if self._depth == 1:
            self._work, self._first = work, message
            self._overdue = self._used = 0
            self._limit = self._ms / 1000 if is_notification else 0
            if self._limit:
                signal.setitimer(signal.ITIMER_REAL, self._period, self._period)
                signal.setitimer(signal.ITIMER_VIRTUAL, self._limit + 2)
        self.running = True
        self.check()

    def end(self) -> None:
        self.running = False
        self._depth -= 1
        if self._depth == 0 and self._limit:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _read(self, descriptor: int) -> None:
        while True:
            info = os.read(descriptor, 128)
            code, = struct.unpack_from("=i", info, 8)
            value, = struct.unpack_from("=I", info, 44)
            self._hear(value if code == _SI_QUEUE else None)

    def _hear(self, word: Optional[int]) -> None:
        self._wish = word if word is not None else self._first << 1
        signal.pthread_kill(self._main, signal.SIGALRM)  # it may wait in the system

    def _on_tick(self, *_: object) -> None:
        if self._limit and self.running:
            self._used += self._period
        self.check()

    def check(self) -> None:
        """Raises Ended if what runs must end; again if that was caught."""
        ended = self._why() if self.running else None
        if ended is None:
            return
        self._overdue += 1
        if self._limit and self._overdue > _GRACE:
            os.write(2, f"{self._work} did not end at its limit, "
                        "and could not be stopped\n".encode())
            os._exit(_NOT_STOPPED)
        if self._overdue % 4 == 1:
            raise ended

    def _why(self) -> Optional[Ended]:
        if self._wish is not None and ((self._wish >> 1) - self._first) & _MASK <= _MASK // 2:
            if not self._wish & 1:
                return Ended(f"{self._work} was ended by fk_vm_interrupt()", False)
            return Ended(f"{self._work} reached its limit of {self._ms} ms (call_timeout)", True)
        if self._limit and self._used >= self._limit:
            return Ended(f"{self._work} reached its limit of {self._ms} ms (call_timeout)", True)
        return None


def _signal_descriptor() -> int:
    """For SIGINT, which no thread takes any more. Python does not tell a handler the value."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    wanted = bytearray(128)
    bit = signal.SIGINT - 1
    wanted[bit // 8] |= 1 << bit % 8
    library = ctypes.CDLL(None, use_errno=True)
    descriptor = library.signalfd(-1, (ctypes.c_char * 128).from_buffer(wanted), _SFD_CLOEXEC)
    if descriptor < 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        raise OSError(ctypes.get_errno(), "signalfd")
    return int(descriptor)
