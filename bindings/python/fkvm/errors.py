# SPDX-License-Identifier: MIT
"""The exceptions: one class for each status of the library, all of them an Error."""
import builtins
from typing import Any, ClassVar, Dict, Mapping, Optional, Type


class Error(Exception):
    """What the library said. str() is its message."""

    status: ClassVar[str] = "UNKNOWN"  #: as fk_status_name() has it

    def __init__(self, message: str, *, traceback: Optional[str] = None,
                 method: Optional[str] = None, code: int = 0, exit_status: int = 0,
                 death: Optional[str] = None, vm_alive: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.traceback = traceback  #: of the script, from where it failed, or None
        self.method = method  #: the method called, or None
        self.code = code  #: JSON-RPC code if the other side sent one, else 0
        self.exit_status = exit_status  #: of a dead child: exit code, or minus the signal
        self.death = death  #: why a dead VM died (docs/deaths.md), or None
        self.vm_alive = vm_alive  #: whether the VM can be called again
        if traceback and hasattr(self, "add_note"):  # Python 3.11 prints it with the exception
            self.add_note(traceback)


class InvalidError(Error, ValueError):
    """An argument breaks the contract, or the VM is closed: fix the calling code."""
    status = "INVALID"


class NoMemoryError(Error, MemoryError):
    """This process is out of memory."""
    status = "NO_MEMORY"


class NoBackendError(Error):
    """There is no backend of that name, or a plug-in does not fit."""
    status = "NO_BACKEND"


class OpenFailedError(Error):
    """The script or the child did not start: fix it, then open again."""
    status = "OPEN_FAILED"


class NoMethodError(Error):
    """The script has no global function of that name. The VM lives."""
    status = "NO_METHOD"


class ScriptError(Error):
    """The script raised an error; traceback says where. The VM lives."""
    status = "SCRIPT_ERROR"


class BadValueError(Error, ValueError):
    """A value cannot cross; the message names the place. The VM lives."""
    status = "BAD_VALUE"


class TimeoutError(Error, builtins.TimeoutError):
    """A time limit passed. If the VM is dead, close it and open another."""
    status = "TIMEOUT"


class MemoryLimitError(Error):
    """The VM's memory limit was reached."""
    status = "MEMORY_LIMIT"


class InterruptError(Error):
    """VM.interrupt() ended the call."""
    status = "INTERRUPTED"


class VMDiedError(Error):
    """The VM is gone (crash, exit, kill): close it and open another."""
    status = "VM_DIED"


class ProtocolError(Error):
    """The child broke the protocol and was killed: fix or update the child."""
    status = "PROTOCOL"


class BusyError(Error):
    """The VM is in another call, or inside a callback: try again later."""
    status = "BUSY"


class UnstoppableError(Error):
    """Pure Lua of this VM cannot be interrupted: it ends at its next host call."""
    status = "UNSTOPPABLE"


class MethodError(Exception):
    """Raised by a host method: the script gets the message as it stands. A code is one of
    FK_CODE_..., or the game's own from -32099 to -32000."""

    def __init__(self, message: str, code: int = -32603) -> None:
        super().__init__(message)
        self.code = code


def message_of(problem: BaseException) -> str:
    """As the last line of Python's tracebacks; MethodError and errors of a VM as they stand."""
    text = str(problem)
    if isinstance(problem, (MethodError, Error)):
        return text
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


BY_STATUS: Dict[str, Type[Error]] = {kind.status: kind for kind in Error.__subclasses__()}


def from_report(report: Mapping[str, Any]) -> Error:
    """Of an error as fk_foreign.h hands it out."""
    details = dict(report)
    kind = BY_STATUS.get(details.pop("status"), Error)
    return kind(details.pop("message"), **details)
