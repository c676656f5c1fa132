#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An installed tree that was moved: what is in it, and that its programs work there.

usage: test_tree.py BUILD
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

from moved import Moved

BUILD = sys.argv.pop(1)


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.moved = Moved(BUILD, "tree")

    def needs(self, file):
        if not os.path.exists(self.moved.path(file)):
            self.skipTest(f"this build has no {file}")

    def backends(self):
        return self.moved.tree.backends("shared")

    def test_licence(self):
        self.assertIn("share/doc/fkvm/LICENSE", self.moved.names())

    def test_no_program_of_tests_is_installed(self):
        self.assertEqual([name for name in self.moved.names() if "fkvm-raw" in name or "bench_" in name], [])

    def test_every_library_has_both_kinds(self):
        if self.moved.tree.options["default_library"] != "both":
            self.skipTest("this build makes one kind only")
        built = [target for target in self.moved.tree.info("targets") if target["installed"] and "library" in target["type"]]
        kinds = {}
        for target in built:
            kinds.setdefault(target["name"], set()).add(target["type"])
        self.assertIn("fkvm", kinds)
        for name, both in kinds.items():
            self.assertEqual(both, {"static library", "shared library"}, name)

    def test_nothing_is_looked_for_at_a_fixed_place(self):
        for name in self.moved.names():
            with open(self.moved.path(name), "rb") as file:
                if file.read(4) != b"\x7fELF":
                    continue
            for paths in re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", self.moved.run("readelf", "-d", self.moved.path(name))):
                self.assertTrue(all(path.startswith("$ORIGIN") for path in paths.split(":")), f"{name}: {paths}")

    def test_fkvm_plays(self):
        self.needs("bin/fkvm")
        for backend in self.backends():
            said = self.moved.run(self.moved.path("bin/fkvm"), "run", self.moved.path("share/fkvm/cardgame/main.lua"), "--json",
                                  FK_VM_BACKEND=backend)
            self.assertIn('"rooms_ended":1', said)

    def test_generator_of_packages(self):
        """With the game that is installed beside it."""
        self.needs("bin/fkvm")
        with tempfile.TemporaryDirectory() as folder:
            self.moved.run(self.moved.path("bin/fkvm"), "call", self.moved.path("share/fkvm/packages/generate.lua"), "generate",
                           json.dumps([folder, 2]), "--sandbox", "trusted", FK_VM_BACKEND=self.backends()[0])
            said = self.moved.run(self.moved.path("bin/fkvm"), "run", os.path.join(folder, "main.lua"), "--json",
                                  FK_VM_BACKEND=self.backends()[-1])
            self.assertIn('"rooms_ended":1', said)

    def test_it_is_the_host_of_the_tree(self):
        """Without it there is no other: the path where the build would install it does not count."""
        self.needs("bin/fkvm")
        if "process" not in self.backends():
            self.skipTest("this build has no process backend")
        host = self.moved.path(self.moved.run("find", self.moved.prefix, "-name", "fkvm-host").strip())
        os.rename(host, host + ".away")
        try:
            done = subprocess.run([self.moved.path("bin/fkvm"), "call", self.moved.path("share/fkvm/doctor.lua"), "x"],
                                  text=True, capture_output=True, env={**self.moved.environment, "FK_VM_BACKEND": "process"})
        finally:
            os.rename(host + ".away", host)
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_server_starts(self):
        self.needs("bin/fk-server")
        self.assertIn("fk-server 0.", self.moved.run(self.moved.path("bin/fk-server"), "--version"))
        said = self.moved.run(self.moved.path("bin/fk-server"), self.moved.path("share/fkvm/cardgame/main.lua"),
                              "--self-play", "1", "--games", "1", "--pace", "0", "--port", "0", FK_VM_BACKEND=self.backends()[-1])
        self.assertIn('"games":1', said.replace(" ", ""))


if __name__ == "__main__":
    unittest.main()
