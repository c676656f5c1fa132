# SPDX-License-Identifier: MIT
"""What PROGRAM --describe prints (bindings/cli/describe.h), as objects."""
import json
import re


class Option:
    def __init__(self, told):
        self.names = told["names"]
        self.positional = told["positional"]
        self.takes = told["takes"]
        self.required = told["required"]
        self.default = told["default"]
        self.group = told["group"]
        self.about = told["about"]
        kind, _, check = told["type"].partition(":")
        self.values = [word for words in re.findall(r"\{([^}]*)\}", check) for word in words.split(",")]
        self.kind = kind
        self.folder = check.startswith("DIR")

    def placeholder(self):
        """What stands for its value: NAME, or the values that there are."""
        return "|".join(self.values) or ("DIR" if self.folder else self.kind or "VALUE")


class Command:
    """A program, or a command of one."""

    def __init__(self, told):
        self.name = told["name"]
        self.about = told["about"].rstrip(".")
        self.footer = told["footer"].strip("\n")
        options = [Option(option) for option in told["options"]]
        self.options = [option for option in options if option.names]
        self.positionals = [option for option in options if option.positional]
        self.commands = [Command(command) for command in told["commands"]]

    def names(self):
        return [name for option in self.options for name in option.names]


def read(path):
    with open(path, encoding="utf-8") as file:
        return Command(json.load(file))
