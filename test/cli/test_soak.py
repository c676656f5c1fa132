#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm soak plays with trouble mixed in, and fails if anything grows, is left over, or goes wrong by itself."""
from support import Case, Terminal, fkvm, json, os, unittest, write
import tempfile

BACKEND = os.environ["FK_VM_BACKEND"]
MOST_GROWTH = os.environ.get("FK_MOST_GROWTH", "2")  # AddressSanitizer keeps what is freed


class Soak(Case):
    def soak(self, code, *arguments, minutes="0.01", most_growth=MOST_GROWTH):
        told, = self.json_lines(fkvm("soak", "--backend", BACKEND, "--minutes", minutes, "--vms", "2", "--json",
                                     "--most-growth", most_growth, *arguments), code)
        backend, = told["backends"]
        self.assertEqual(told["ok"], code == 0)
        return told, backend

    def test_nothing_is_left(self):
        _, backend = self.soak(0, minutes="0.05")
        self.assertGreater(backend["games"], 0)
        self.assertGreater(backend["vms"], 2 * backend["rounds"])
        self.assertTrue({"time limits", "memory limits"} <= set(backend["provoked"]), backend)
        self.assertEqual("kills" in backend["provoked"], BACKEND == "process")
        self.assertEqual((backend["unexpected"], backend["last"]["children"], backend["last"]["zombies"]), (0, 0, 0))

    def test_growth(self):
        told, _ = self.soak(1, most_growth="-1000")
        self.assertRegex(told["wrong"][0], "the server has grown by -?[0-9.]+ MB, more than -1000.00")

    def test_error_that_nobody_provoked(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "bad.lua")
            write(script, 'function HandleRequest() error("by itself") end')
            told, backend = self.soak(1, script)
            self.assertRegex(told["wrong"][0], "errors that nobody provoked")
            self.assertIn("by itself", backend["problems"][0])
            write(script, "(")
            told, backend = self.soak(1, script)
            self.assertIn("the VM did not open", backend["problems"][0])

    def test_usage(self):
        for arguments, word in ((["--backend", "none"], "none"), (["--minutes", "0"], "--minutes"), (["--freekill", os.path.dirname(__file__)], "git clone")):
            done = fkvm("soak", *arguments)
            self.good(done, 2)
            self.assertIn(word, done.stderr)

    def test_ctrl_c(self):
        terminal = Terminal("soak", "--minutes", "1", "--vms", "2", "--most-growth", MOST_GROWTH)
        terminal.expect(r"embedded, 2 rounds|process, 2 rounds")
        terminal.type("\x03")
        terminal.expect("not provoked +0")
        self.assertEqual(terminal.end(), 130)


if __name__ == "__main__":
    unittest.main()
