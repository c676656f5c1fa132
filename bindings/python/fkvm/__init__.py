# SPDX-License-Identifier: MIT
"""Lua VMs, embedded or in a child process, for Python programs (docs/python.md).

    import fkvm

    methods = fkvm.Methods()

    @methods.register
    def add(a, b):
        return a + b

    with fkvm.VM("game.lua", methods=methods) as vm:
        print(vm.call("resume", 7, "delay_done"))

A program that is itself the VM of a server imports fkvm.child.
"""
from typing import TYPE_CHECKING, Any

from ._callbacks import Level, Output, default_output
from ._library import Backend, backends, version
from ._methods import Methods
from ._values import Value, as_bytes
from ._vm import VM
from .errors import (BadValueError, BusyError, Error, InterruptError, InvalidError,
                     MemoryLimitError, MethodError, NoBackendError, NoMemoryError, NoMethodError,
                     OpenFailedError, ProtocolError, ScriptError, TimeoutError, UnstoppableError,
                     VMDiedError)

if TYPE_CHECKING:
    from ._async import AsyncVM

__version__ = "0.9.0"

__all__ = ["AsyncVM", "Backend", "BadValueError", "BusyError", "Error", "InterruptError",
           "InvalidError", "Level", "MemoryLimitError", "MethodError", "Methods", "NoBackendError",
           "NoMemoryError", "NoMethodError", "OpenFailedError", "Output", "ProtocolError",
           "ScriptError", "TimeoutError", "UnstoppableError", "VM", "VMDiedError", "Value",
           "as_bytes", "backends", "default_output", "version"]


def __getattr__(name: str) -> Any:  # asyncio takes a while to load
    if name != "AsyncVM":
        raise AttributeError(f"module 'fkvm' has no attribute '{name}'")
    from ._async import AsyncVM
    return AsyncVM
