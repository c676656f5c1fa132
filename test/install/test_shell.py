#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The installed completions in a shell: zsh or fish. Skipped where the shell is missing.

usage: test_shell.py BUILD SHELL
"""
import os
import re
import shutil
import subprocess
import sys
import unittest

from moved import Moved

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import terminal  # noqa: E402

BUILD, SHELL = sys.argv[1:]
PROGRAMS = ("fkvm", "fk-server", "fk-play")
PROMPT = "<ready>"

# Each match on a line of its own, in place of a list for people.
ZSH = """
PROMPT= RPROMPT= LISTMAX=100000 fpath=({folder} $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {{
  [[ "${{(j: :)@[1,(i)(-|--)]}}" == *-[OAD]* ]] && {{ builtin compadd "$@"; return }}
  local -a hits
  builtin compadd -A hits "$@"
  print -rl -- "<hit "${{^hits}}">"
  (( $#hits ))
}}
tell() {{ zle complete-word; BUFFER=; print -r -- "<end>" }}
zle -N tell
bindkey '^G' tell
print -r -- "{prompt}"
"""


class Zsh:
    def __init__(self, moved):
        self.terminal = terminal.Terminal(shutil.which("zsh"), "-f", "-i")
        setup = os.path.join(self.terminal.home.name, "setup")
        with open(setup, "w", encoding="utf-8") as file:
            file.write(ZSH.format(folder=moved.path("share/zsh/site-functions"), prompt=PROMPT))
        self.terminal.type(f"stty -echo; source {setup}\n")
        self.terminal.expect(PROMPT)

    def complete(self, line):
        self.terminal.type(line + "\a")
        said = []
        while (found := self.terminal.expect(r"<(?:hit ([^<>]*)|end)>"))[1] is not None:
            said.append(found[1])
        return set(said)

    def end(self):
        self.terminal.type("exit\n")
        self.terminal.end()


class Fish:
    def __init__(self, moved):
        self.moved = moved

    def complete(self, line):
        files = [self.moved.path(f"share/fish/vendor_completions.d/{name}.fish") for name in PROGRAMS]
        sources = "".join(f"source '{file}'; " for file in files if os.path.exists(file))
        done = subprocess.run(["fish", "--no-config", "-c", f"{sources}complete -C '{line}'"], text=True, capture_output=True,
                              env={**self.moved.environment, "HOME": self.moved.prefix}, timeout=terminal.LIMIT)
        if done.returncode or done.stderr:
            raise AssertionError(f"'{line}': {done.stderr}")
        return {match.split("\t")[0] for match in done.stdout.splitlines()}

    def end(self):
        pass


class Completions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.moved = Moved(BUILD, SHELL)
        cls.shell = {"zsh": Zsh, "fish": Fish}[SHELL](cls.moved)
        cls.addClassCleanup(cls.shell.end)

    def setUp(self):
        if not self.programs():
            self.skipTest("this build has none of the programs")

    def programs(self):
        return [name for name in PROGRAMS if os.path.exists(self.moved.path("bin", name))]

    def help(self, *words):
        return self.moved.run(self.moved.path("bin", words[0]), *words[1:], "--help")

    def options(self, *words):
        return {name for names in re.findall(r"^  (-\S+)", self.help(*words), re.M) for name in names.split(",")}

    def commands(self, name):
        return set(re.findall(r"^  (\w+)", self.help(name).partition("ubcommands:")[2].partition("\n\n")[0], re.M))

    def test_commands_and_options(self):
        for name in self.programs():
            commands = self.commands(name)
            if commands:
                self.assertEqual(self.shell.complete(name + " "), commands)
            for words in [(name,)] + [(name, command) for command in sorted(commands)]:
                self.assertEqual(self.shell.complete(" ".join(words) + " -"), self.options(*words), words)

    def test_values(self):
        for line, matches in (("ru", ["run"]), ("run --sandb", ["--sandbox"]), ("run --sandbox s", ["strict"]),
                              ("call -b embedded x.lua --sandbox ", ["game", "strict", "trusted"])):
            self.assertEqual(self.shell.complete("fkvm " + line), set(matches), line)
        joined = {match.rpartition("=")[2] for match in self.shell.complete("fkvm run --sandbox=t")}
        self.assertEqual(joined, {"trusted"})

    def test_files(self):
        for line in ("run ", "run --freekill ", "call --directory ", "shell --trace "):
            matches = self.shell.complete(f"fkvm {line}{self.moved.prefix}/shar")
            self.assertIn("share", {os.path.basename(match.rstrip("/")) for match in matches}, line)


if __name__ == "__main__":
    if not shutil.which(SHELL):
        print(f"{SHELL} is not here: apt-get install {SHELL}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
