# SPDX-License-Identifier: MIT
"""A Python program as the VM of a server: FK_VM_COMMAND="python3 game.py" (docs/python.md).

    from fkvm import child

    @child.function
    def resume(room, reason):
        child.notify("log", f"room {room}: {reason}")
        return reason == "abandon"

    child.run()

Where fkvm has started the process, the import takes standard input and output for the protocol:
print() is the VM's output from then on. What the server calls runs in the main thread. SIGINT,
SIGALRM and SIGVTALRM belong to this module."""
from ..errors import BadValueError, MethodError
from ._limits import Ended
from ._runtime import Runtime

__all__ = ["BadValueError", "Ended", "MethodError", "call", "critical", "debug", "function",
           "info", "notify", "run", "warning"]

_runtime = Runtime()

function = _runtime.functions.register  #: decorator: the server may call this function
call = _runtime.call
notify = _runtime.notify
run = _runtime.run
debug, info = _runtime.logger("debug"), _runtime.logger("info")
warning, critical = _runtime.logger("warning"), _runtime.logger("critical")
