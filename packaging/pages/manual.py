# SPDX-License-Identifier: MIT
"""The manual page of a program, from its command line."""
import roff


def synopsis(command):
    words = [command.name] + (["[OPTIONS]"] if command.options else [])
    words += ["COMMAND"] if command.commands else []
    words += [option.positional if option.required else f"[{option.positional}]" for option in command.positionals]
    return " ".join(words)


def entry(option):
    """One option: its names and its value, then what it does."""
    names = ", ".join(rf"\fB{roff.text(name)}\fR" for name in option.names)
    if option.takes and option.names:
        names += rf" \fI{roff.text(option.placeholder())}\fR"
    about = option.about.rstrip(".") + (f" (default: {option.default})" if option.default and option.takes else "")
    return f".TP\n{names or roff.text(option.positional)}\n{roff.text(about)}.\n"


def entries(command):
    """Positionals, then the options in their groups."""
    groups = {}
    for option in command.options:
        groups.setdefault(option.group, []).append(option)
    yield from map(entry, command.positionals)
    for group, options in groups.items():
        if group != "Options":
            yield f".PP\n{roff.text(group)}:\n"
        yield from map(entry, options)


def of_command(program, command):
    yield f".SS {roff.text(program.name + ' ' + synopsis(command))}\n{roff.text(command.about)}.\n"
    yield from (entry(option) for option in command.positionals)
    for option in command.options:
        if option.names != ["-h", "--help"]:
            yield entry(option)
    if command.footer:
        yield roff.literal(command.footer)


def page(program, version, see_also):
    yield roff.heading(program.name, 1, version)
    yield roff.part("Name") + roff.text(program.name) + r" \- " + roff.text(program.about) + "\n"
    yield roff.part("Synopsis") + roff.text(synopsis(program)) + "\n"
    yield roff.part("Options")
    yield from entries(program)
    if program.commands:
        yield roff.part("Commands")
        for command in program.commands:
            yield from of_command(program, command)
    yield roff.part("Notes") + roff.literal(program.footer).removeprefix(".PP\n")
    yield roff.part("See also") + ", ".join(rf"\fB{roff.text(name)}\fR({section})" for name, section in see_also) + "\n"
