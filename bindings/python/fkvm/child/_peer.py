# SPDX-License-Identifier: MIT
"""The two streams of a child: messages in, messages and output out."""
import fcntl
import io
import os
import threading
from typing import Any, Dict, List, Optional, Tuple

from .._values import Value, from_wire, to_wire
from ..errors import BadValueError

_FULL = 64 << 10
_FIRST_OF_OURS = 10  # descriptors below are what programs expect to get


def take_streams() -> Tuple[int, int]:
    """Standard input and output are the protocol's. What else writes there, C code or a program
    that is started, writes to standard error from now on."""
    reading, writing = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_OF_OURS) for fd in (0, 1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return reading, writing


class Peer:
    """Lines of the protocol. What is written leaves when this process waits for something, or when
    it is much. Output and notifications may come from any thread."""

    def __init__(self, reading: int, writing: int) -> None:
        self._in = os.fdopen(reading, "rb", 1 << 16)
        self._fd = writing
        self._out: List[bytes] = []
        self._size = 0
        self._printed: List[bytes] = []
        self._level = "print"
        self._lock = threading.RLock()
        self.messages_in = 0
        self.max_message = int(os.environ.get("FK_VM_MAX_MESSAGE") or 64 << 20)

    def read(self) -> Optional[Dict[str, Any]]:
        """The next message, or None at the end."""
        self.flush()
        line = self._in.readline()
        if not line:
            return None
        self.messages_in += 1
        try:
            message = from_wire(line)
        except (ValueError, RecursionError) as problem:
            raise SystemExit(f"the parent broke the protocol: {problem}") from None
        if not isinstance(message, dict):
            raise SystemExit("the parent broke the protocol: a line that is no message")
        return message

    def call(self, number: int, method: str, params: Value) -> None:
        self._message("params", _envelope(method, params) + b',"id":%d' % number)

    def notify(self, method: str, params: Value) -> None:
        self._message("params", _envelope(method, params))

    def reply(self, number: int, result: Value) -> None:
        self._message("result", b'"result":' + to_wire(result, "result") + b',"id":%d' % number)

    def error(self, number: int, error: Dict[str, Any]) -> None:
        self._message("error", b'"error":' + to_wire(error, "error") + b',"id":%d' % number)

    def _message(self, what: str, body: bytes) -> None:
        line = b'{"jsonrpc":"2.0",' + body + b"}\n"
        if len(line) - 1 > self.max_message:
            raise BadValueError(f"value cannot cross: {what}: the message would be longer than "
                                f"max_message, {self.max_message} bytes", vm_alive=True)
        with self._lock:
            self._close_output()
            self._add(line)

    def output(self, data: bytes, level: str) -> None:
        """A piece of what is printed, or at another level a whole record."""
        with self._lock:
            if level != "print" or level != self._level:
                self._close_output()
                self._level = level
            self._printed.append(data)
            self._size += len(data)
            if self._size >= _FULL:
                self.flush()

    def _close_output(self) -> None:
        data = b"".join(self._printed)
        self._printed.clear()
        while data:
            end = _end_of_piece(data)
            text = [_text(data[:end]), self._level]
            data = data[end:]
            self._add(b'{"jsonrpc":"2.0","method":"$/output","params":' +
                      to_wire(text, "output") + b"}\n")

    def _add(self, line: bytes) -> None:
        self._out.append(line)
        self._size += len(line)
        if self._size >= _FULL:
            self._send()

    def flush(self) -> None:
        with self._lock:
            self._close_output()
            self._send()

    def _send(self) -> None:
        data = memoryview(b"".join(self._out))
        self._out.clear()
        self._size = 0
        while data:
            data = data[os.write(self._fd, data):]


def _envelope(method: str, params: Value) -> bytes:
    return b'"method":' + to_wire(method, "method") + b',"params":' + to_wire(params, "params")


def _end_of_piece(data: bytes) -> int:
    """Before a newline rather than behind it, where it would end the record."""
    if len(data) <= _FULL:
        return len(data)
    return len(data[:_FULL].rstrip(b"\n")) or _FULL


def _text(data: bytes) -> Value:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


class Output(io.RawIOBase):
    """What sys.stdout writes to."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes") -> int:  # type: ignore[override]
        piece = bytes(data)
        self._peer.output(piece, "print")
        return len(piece)

    def flush(self) -> None:
        if not self.closed:
            self._peer.flush()
