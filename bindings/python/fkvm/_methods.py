# SPDX-License-Identifier: MIT
"""The table of host methods: Python functions that the script may call."""
from typing import Any, Callable, Dict, Optional, TypeVar, Union, overload

Function = TypeVar("Function", bound=Callable[..., Any])


class Methods(Dict[str, Callable[..., Any]]):
    """Host methods by their names, to be complete before the VM opens: its script may call them
    while it loads. A plain dict does as well. The name "*" takes every call that no other entry
    names; its function gets the name first.

        methods = fkvm.Methods()

        @methods.register
        def add(a, b):
            return a + b

        @methods.register("room.over")
        def over(room):
            ...
    """

    @overload
    def register(self, function: Function, *, name: Optional[str] = ...) -> Function: ...

    @overload
    def register(self, function: str) -> Callable[[Function], Function]: ...

    def register(self, function: Union[str, Callable[..., Any]], *,
                 name: Optional[str] = None) -> Callable[..., Any]:
        """As a decorator, with or without a name; or for a bound method: register(room.over)."""
        if isinstance(function, str):
            wanted = function
            return lambda decorated: self.register(decorated, name=wanted)
        name = name or function.__name__
        if name in self:
            raise ValueError(f"there is a host method '{name}' already")
        self[name] = function
        return function
