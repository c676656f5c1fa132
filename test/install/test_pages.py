#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Manual pages have every option of --help and every function of the header; bash completes what there is.

usage: test_pages.py BUILD
"""
import os
import re
import shutil
import subprocess
import sys
import unittest

from moved import SOURCE, Moved

BUILD = sys.argv.pop(1)
LIBRARY_PAGES = {"fk_vm.h.3": "share/man/man3"}

COMPLETE = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')
echo "${COMPREPLY[*]}"
"""


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.moved = Moved(BUILD, "pages")

    def programs(self):
        return [name for name in ("fkvm", "fk-server", "fk-play") if os.path.exists(self.moved.path("bin", name))]

    def page(self, name, section=1):
        with open(self.moved.path(f"share/man/man{section}/{name}.{section}"), encoding="utf-8") as file:
            return re.sub(r"\\f.", "", file.read()).replace("\\-", "-")

    def offered(self, *command):
        said = self.moved.run(self.moved.path("bin", command[0]), *command[1:], "--help")
        return {name for names in re.findall(r"^  (-\S+)", said, re.M) for name in names.split(",")}

    def commands(self, name):
        said = self.moved.run(self.moved.path("bin", name), "--help")
        return re.findall(r"^  (\w+)", said.partition("ubcommands:")[2].partition("\n\n")[0], re.M)

    def test_every_option_of_help(self):
        for name in self.programs():
            page = self.page(name)
            self.assertTrue(self.offered(name) >= {"--help", "--version"} or name == "fk-play")
            for command in [()] + [(command,) for command in self.commands(name)]:
                part = re.search(rf"^\.SS {name} {command[0]} .*\n((?:(?!\.S[SH]).*\n)*)", page, re.M)[1] if command else page
                told = {name.rstrip(",") for line in re.findall(r"^\.TP\n(-.*)", part, re.M) for name in line.split()}
                left = self.offered(name, *command) - told - ({"-h", "--help"} if command else set())
                self.assertEqual(left, set(), f"{name} {' '.join(command)}")

    def test_every_function_of_the_header(self):
        page = self.page("fk_vm.h", 3)
        with open(os.path.join(SOURCE, "include", "fk_vm.h"), encoding="utf-8") as file:
            functions = re.findall(r"^FK_API [^;(]*?(\w+)\(", file.read(), re.M)
        self.assertGreater(len(functions), 15)
        for function in functions:
            self.assertIn(function + "(", page)
        self.assertIn("Blocks until the script is loaded", page)

    def test_pages_are_sound(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not here: apt-get install groff")
        for folder, _, names in os.walk(self.moved.path("share/man")):
            for name in names:
                done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", os.path.join(folder, name)], text=True,
                                      capture_output=True)
                self.assertEqual(done.stderr, "", name)

    def test_host(self):
        if "fkvm-host" in self.moved.targets():
            self.assertIn("fk_vm_open", self.page("fkvm-host"))

    def complete(self, *words):
        file = self.moved.path("share/bash-completion/completions", words[0])
        return self.moved.run("bash", "-c", COMPLETE, "bash", file, *words).split()

    def test_bash(self):
        if "fkvm" not in self.programs():
            self.skipTest("this build has no command fkvm")
        self.assertEqual(self.complete("fkvm", "ru"), ["run"])
        self.assertEqual(self.complete("fkvm", ""), self.commands("fkvm"))
        self.assertEqual(self.complete("fkvm", "run", "--sandbox", "s"), ["strict"])
        self.assertEqual(self.complete("fkvm", "run", "--sandbox", "=", "tr"), ["trusted"])
        for command in self.commands("fkvm"):
            self.assertEqual(set(self.complete("fkvm", command, "-")), self.offered("fkvm", command))


if __name__ == "__main__":
    unittest.main()
