# SPDX-License-Identifier: MIT
"""What bash, zsh and fish complete of a program, from its command line."""

BASH = r"""# Made of {name} --describe.
_{id}() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command= i
    [[ $current == '=' ]] && current=
    [[ $previous == '=' ]] && previous=${{COMP_WORDS[COMP_CWORD-2]}}
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
            {commands}) command=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    COMPREPLY=()
    case $command:$previous in
{values}
    esac
    case $command:$current in
{options}
    esac
}}
complete -o default -F _{id} {name}
"""


def identifier(name):
    return name.replace("-", "_")


def words(names):
    return f"COMPREPLY=($(compgen -W '{' '.join(names)}' -- \"$current\"))"


def bash_values(command, prefix):
    for option in command.options:
        if option.takes:
            do = words(option.values) if option.values else ""
            do = 'COMPREPLY=($(compgen -d -- "$current"))' if option.folder else do
            yield f"        {'|'.join(prefix + ':' + name for name in option.names)}) {do}; return ;;".replace(") ;", ")")


def bash(program):
    values = [*bash_values(program, "")]
    options = [f"        :-*) {words(program.names())} ;;"]
    for command in program.commands:
        values += bash_values(command, command.name)
        options.append(f"        {command.name}:-*) {words(command.names())} ;;")
    if program.commands:
        options.append(f"        :*) {words([command.name for command in program.commands])} ;;")
    names = "|".join(command.name for command in program.commands) or "''"
    return BASH.format(name=program.name, id=identifier(program.name), commands=names,
                       values="\n".join(values), options="\n".join(options))


def zsh_text(text):
    for character in "\\:[]":
        text = text.replace(character, "\\" + character)
    return text.replace("'", "'\\''")


def zsh_value(option):
    if not option.takes:
        return ""
    kind = "(" + " ".join(option.values) + ")" if option.values else "_files -/" if option.folder else "_files"
    return f":{option.placeholder().lower() if not option.values else 'value'}:{kind}"


def zsh_options(command):
    for option in command.options:
        for name in option.names:
            joined = "" if not option.takes else "=" if name.startswith("--") else "+"  # --name=VALUE, -nVALUE
            yield f"'*{name}{joined}[{zsh_text(option.about)}]{zsh_value(option)}'"
    for option in command.positionals:
        yield f"'::{option.positional.lower()}:_files'"


def zsh(program):
    yield f"#compdef {program.name}\n# Made of {program.name} --describe.\n"
    yield f"_{identifier(program.name)}() {{\n"
    join = " \\\n        "
    if not program.commands:
        yield f"    _arguments{join}{join.join(zsh_options(program))}\n"
    else:
        names = " ".join(f'{command.name}\\:"{zsh_text(command.about)}"' for command in program.commands)
        yield "    local state line\n"
        yield f"    _arguments -C{join}{join.join(zsh_options(program))}{join}"
        yield f"'1:command:(({names}))'{join}'*::argument:->argument'\n"
        yield "    [[ $state == argument ]] && case $line[1] in\n"
        for command in program.commands:
            yield f"    {command.name}) _arguments{join}{join.join(zsh_options(command))} ;;\n"
        yield "    esac\n"
    yield f"}}\n_{identifier(program.name)} \"$@\"\n"


def fish_text(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_options(program, command, condition):
    for option in command.options:
        flags = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
        takes = ""
        if option.takes:
            takes = f" -x -a {fish_text(' '.join(option.values))}" if option.values else " -r"
            takes = " -x -a '(__fish_complete_directories)'" if option.folder else takes
        yield f"complete -c {program.name}{condition} {flags}{takes} -d {fish_text(option.about)}\n"


def fish(program):
    yield f"# Made of {program.name} --describe.\n"
    top = " -n __fish_use_subcommand" if program.commands else ""
    yield from fish_options(program, program, top)
    for command in program.commands:
        yield f"complete -c {program.name} -n __fish_use_subcommand -f -a {command.name} -d {fish_text(command.about)}\n"
        yield from fish_options(program, command, f" -n '__fish_seen_subcommand_from {command.name}'")
