#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/cli.md and --help say the same; usage, exit codes and JSON are as the manual says."""
from support import FKVM, Case, HERE, SCRIPT, fkvm, json, os, re, subprocess, unittest
import tempfile

ROOT = os.path.join(HERE, "..", "..")
GAME = os.path.join(ROOT, "examples", "cardgame", "main.lua")
with open(os.path.join(ROOT, "docs", "cli.md"), encoding="utf-8") as file:
    MANUAL = file.read()
SECTIONS = dict(re.findall(r"^## fkvm (\w+)\n(.*?)(?=^## |\Z)", MANUAL, re.M | re.S))
VM_OPTIONS = re.search(r"^## Options of a VM\n(.*?)^## ", MANUAL, re.M | re.S).group(1)


def options(text):
    return set(re.findall(r"--[a-z][a-z-]*", text))


def offered(command):
    """The options in the left column of a --help."""
    return options("\n".join(line[:40] for line in fkvm(command, "--help").stdout.splitlines() if line.startswith("  -"))) - {"--help"}


class Manual(Case):
    def commands(self):
        listed = self.good(fkvm("--help")).split("Subcommands:")[1].split("\n\n")[0]
        return re.findall(r"^  (\w+)", listed, re.M)

    def test_every_command_and_option(self):
        self.assertEqual(set(self.commands()), set(SECTIONS))
        for command in self.commands():
            here = offered(command)
            vm = here & options(VM_OPTIONS) if "--sandbox" in here else set()
            if vm:
                self.assertEqual(vm, options(VM_OPTIONS), command)
            table = "".join(line.split(" | ")[0] for line in SECTIONS[command].splitlines() if line.startswith("| `-"))
            self.assertEqual(options(table), here - vm, f"docs/cli.md and fkvm {command} --help differ")
            self.assertIn(f"[{command}](#fkvm-{command})", MANUAL)

    def test_help_has_examples(self):
        for command in self.commands():
            self.assertRegex(self.good(fkvm(command, "--help")), r"Examples:\n  .*fkvm " + command)

    def test_exit_codes(self):
        with_codes = set(re.findall(r"^\| (\d+) \|", MANUAL, re.M))
        self.assertEqual(with_codes, {"0", "1", "2", "3", "4", "130"})
        self.good(fkvm("call", SCRIPT, "ping"), 0)
        self.good(fkvm("call", SCRIPT, "boom"), 1)
        self.good(fkvm("call", SCRIPT), 2)
        self.good(fkvm("call", SCRIPT, "pack", "3"), 2)
        self.good(fkvm("run"), 2)
        self.good(fkvm("call", "no.lua", "ping"), 3)
        self.good(fkvm("run", "no.lua", "--json"), 3)
        self.good(fkvm("replay", SCRIPT), 4)

    def test_output_that_cannot_be_written(self):
        for arguments in (["call", SCRIPT, "ping"], ["backends"], ["run", GAME, "--games", "1", "--json"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([FKVM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn("standard output could not be written: No space left on device", done.stderr)

    def test_wrong_usage_is_one_sentence(self):
        for arguments, word in ((["rnu"], "'rnu'"), (["call"], "SCRIPT"), (["run", GAME, "--players", "0"], "--players"),
                                (["call", SCRIPT, "ping", "--sandbox", "x"], "game"), (["doctor", "now"], "now"),
                                (["call", SCRIPT, "pack", "[1"], "byte 2"), (["run", "--freekill", HERE], "git clone")):
            done = fkvm(*arguments)
            self.good(done, 2)
            self.assertEqual(done.stdout, "")
            self.assertIn(word, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        done = fkvm()
        self.good(done, 2)
        self.assertIn("Usage: fkvm", done.stderr)

    def keys(self, command):
        return set(re.findall(r"`([a-z_]+)`", SECTIONS[command].split("Its JSON is")[1]))

    def test_json_of_run(self):
        summary = json.loads(self.good(fkvm("run", GAME, "--json", "--games", "2", "--rooms", "2", "--players", "3")))
        self.assertEqual(set(summary) | set(summary["each"][0]), self.keys("run"))
        self.assertEqual((summary["games"], summary["rooms_ended"], summary["lua_errors"]), (2, 2, 0))
        self.assertEqual(sum(game["notifies"] for game in summary["each"]), summary["notifies"])

    def test_what_run_keeps_in_memory(self):
        game = os.path.join(HERE, "saves.lua")
        summary = json.loads(self.good(fkvm("run", game, "--json", "--online", "--games", "2", "--rooms", "2", "--players", "3")))
        self.assertEqual((summary["games"], summary["rooms_ended"], summary["lua_errors"]), (2, 2, 0))
        for game in summary["each"]:
            self.assertEqual((game["notifies"], game["payload"], game["resumes"]), (3, 15, 3))

    def test_json_of_call(self):
        self.assertEqual(self.json_lines(fkvm("call", SCRIPT, "pack", '[1,"x"]', "--json")), [{"ok": True, "result": [1, "x"]}])
        error, = self.json_lines(fkvm("call", SCRIPT, "boom", "--json"), 1)
        self.assertEqual(error["error"]["status"], "SCRIPT_ERROR")
        self.assertIn("on purpose", error["error"]["message"])
        error, = self.json_lines(fkvm("call", "no.lua", "boom", "--json"), 3)
        self.assertEqual(error["error"]["status"], "OPEN_FAILED")
        self.assertEqual(self.good(fkvm("call", SCRIPT, "pack", '[{"$bytes":"AP8="}]')), '[{"$bytes":"AP8="}]\n')

    def test_globals(self):
        given = ["--global", "FK_VER=0.5.22", "--global", "rooms=[50]", "--global", "rooms=51", "--global", "empty=",
                 "--globals", '{"rooms":1,"other":{"deep":2.0}}']
        called = fkvm("call", SCRIPT, "look", '["FK_VER","rooms","empty","other"]', *given)
        self.assertEqual(json.loads(self.good(called)), ["0.5.22", 51, "", {"deep": 2.0}])
        shown = fkvm("shell", SCRIPT, "--json", "--global", "a=x=y", text='look ["a"]\n')
        self.assertEqual(self.json_lines(shown)[0]["result"], ["x=y"])
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as game:
            print("error(reason)", file=game, flush=True)
            done = fkvm("run", game.name, "--global", "reason=not today")
        self.good(done, 3)
        self.assertIn("not today", done.stderr)
        for wrong, word in ((["--global", "x"], "'x' is not NAME=VALUE"), (["--global", "=1"], "'=1' is not"),
                            (["--globals", "[1]"], "no JSON object"), (["--globals", "{"], "no JSON: ")):
            done = fkvm("call", SCRIPT, "ping", *wrong)
            self.good(done, 2)
            self.assertIn(wrong[0] + ": " + word, done.stderr)

    def test_json_of_backends(self):
        backends = json.loads(self.good(fkvm("backends", "--json")))
        self.assertIn(os.environ["FK_VM_BACKEND"], [entry["name"] for entry in backends])
        for entry in backends:
            self.assertEqual(set(entry), {"name", "available", "source", "about"})
        self.assertRegex(self.good(fkvm("backends")), os.environ["FK_VM_BACKEND"] + r" +yes +built in")

    def test_no_line_of_a_record_looks_like_another_record(self):
        done = fkvm("call", SCRIPT, "alarm", '["one\\ncritical: \\u001b[2J"]')
        self.assertEqual(done.stderr, "critical: one\n          critical: \\x1b[2J\n")

    def test_no_colours_without_a_terminal(self):
        for arguments in (["run", GAME], ["backends"], ["doctor"], ["call", SCRIPT, "boom"]):
            done = fkvm(*arguments)
            self.assertNotIn("\x1b", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
