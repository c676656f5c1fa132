#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which files a script reads under fkvm, wherever fkvm is started."""
from support import Case, fkvm, os, unittest, write
import contextlib
import tempfile

GAME = """
function Read(path)
  local file, why = io.open(path)
  return file and file:read("a") or why
end
function Where() return pwd() end
"""


class Files(Case):
    def setUp(self):
        base = tempfile.TemporaryDirectory()
        self.addCleanup(base.cleanup)
        self.base = os.path.realpath(base.name)
        for name in "game", "home", "elsewhere", "home/game":
            os.mkdir(self.at(name))
        for name in "game", "home", "home/game":
            write(self.at(name, "game.lua"), GAME)
        write(self.at("game", "own.txt"), "own")
        write(self.at("elsewhere", "secret.txt"), "secret")
        os.symlink(self.at("elsewhere"), self.at("game", "link"))
        os.symlink("/", self.at("game", "root"))

    def at(self, *names):
        return os.path.join(self.base, *names)

    def read(self, path, *options, cwd):
        with contextlib.chdir(cwd):
            return self.good(fkvm("call", self.at("game/game.lua"), "Read", f'["{path}"]', *options))

    def test_wherever_it_is_started(self):
        for cwd in "/", os.path.expanduser("~"), self.base, self.at("game"):
            self.assertEqual(self.read("own.txt", cwd=cwd), '"own"\n')
            for path in self.at("elsewhere/secret.txt"), "link/secret.txt", "../elsewhere/secret.txt", "root" + self.at("elsewhere/secret.txt"):
                self.assertIn("Permission denied", self.read(path, cwd=cwd))

    def test_the_scripts_folder(self):
        for cwd, script in (self.base, "game/game.lua"), (self.at("game"), "game.lua"), ("/", self.at("game/game.lua")):
            with contextlib.chdir(cwd):
                self.assertEqual(self.good(fkvm("call", script, "Where")), f'"{self.at("game")}"\n')

    def test_links(self):
        self.assertEqual(self.read("link/secret.txt", "--follow-links", cwd="/"), '"secret"\n')
        self.assertIn("Permission denied", self.read("root/etc/passwd", "--follow-links", cwd="/"))

    def test_homes(self):
        home = self.at("home")
        done = fkvm("call", os.path.join(home, "game.lua"), "Where", HOME=home)
        self.good(done, 3)
        self.assertIn("home directory", done.stderr)
        self.assertIn("a folder of its own", done.stderr)
        self.good(fkvm("call", os.path.join(home, "game/game.lua"), "Where", HOME=home))
        self.good(fkvm("call", os.path.join(home, "game.lua"), "Where", "--sandbox", "trusted", HOME=home))


if __name__ == "__main__":
    unittest.main()
