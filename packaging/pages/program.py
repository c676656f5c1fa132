#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual page of a program and its completion for bash, zsh and fish.

usage: program.py DESCRIPTION VERSION MANUAL BASH ZSH FISH
"""
import sys

import command_line
import completion
import manual

PAGES = [("fkvm", 1), ("fkvm-host", 1), ("fk-server", 1), ("fk-play", 1), ("fk_vm.h", 3)]


def main():
    description, version, *outputs = sys.argv[1:]
    program = command_line.read(description)
    see_also = [page for page in PAGES if page[0] != program.name]
    texts = manual.page(program, version, see_also), completion.bash(program), completion.zsh(program), completion.fish(program)
    for path, text in zip(outputs, texts):
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(text))


if __name__ == "__main__":
    main()
