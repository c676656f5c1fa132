#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm shell, through a pipe and on a terminal."""
from support import Case, Conversation, SCRIPT, Terminal, fkvm, os, signal, unittest, write
import tempfile


class Pipe(Case):
    def shell(self, *lines, script=SCRIPT, options=(), **variables):
        return fkvm("shell", script, *options, text="".join(line + "\n" for line in lines), **variables)

    def results(self, *lines):
        return [line["result"] for line in self.json_lines(self.shell(*lines, options=["--json"]))]

    def test_words(self):
        self.assertEqual(
            self.results("pack", "pack []", "pack [1,2]", "pack [[1,2]]", 'pack {"a":[null]}', "pack 1 -2.5 true x",
                         "pack -1,7,newroom", 'pack "a b" [1, 2] {"c": "] }"}', "pack 'a b' '[1'", 'pack "\\"\\\\"', "\tpack\t1\t"),
            [[], [], [1, 2], [[1, 2]], [{"a": [None]}], [1, -2.5, True, "x"],
             ["-1,7,newroom"], ["a b", [1, 2], {"c": "] }"}], ["a b", "[1"], ['"\\'], [1]])

    def test_no_prompt_and_the_results_only(self):
        done = self.shell("ping", "", "   ", "hello_world", "pack 张飞")
        self.assertEqual(self.good(done), '"PONG"\n"world"\n["张飞"]\n')
        self.assertEqual(done.stderr, "hello\n")

    def test_last_line_without_end(self):
        self.assertEqual(self.good(fkvm("shell", SCRIPT, text="ping\nping")), '"PONG"\n"PONG"\n')
        self.assertEqual(self.good(fkvm("shell", SCRIPT, text="ping\r\n")), '"PONG"\n')

    def test_goes_on_after_errors(self):
        done = self.shell("boom", "no_such", "ping")
        self.assertEqual(self.good(done, 1), '"PONG"\n')
        self.assertIn("on purpose (SCRIPT_ERROR)", done.stderr)
        self.assertIn("stack traceback", done.stderr)
        self.assertIn("no global function 'no_such'", done.stderr)

    def test_lines_without_sense(self):
        for line, word in {"pack [1": "does not end", 'pack "x': "does not end", "pack [1,]": "not JSON", ":stats now": "nothing after it",
                           ":no": ":help", "pack 'x": "does not end"}.items():
            done = self.shell(line, "ping")
            self.assertEqual(self.good(done, 1), '"PONG"\n')
            self.assertIn(word, done.stderr)

    def test_json_of_errors(self):
        boom, line, ping = self.json_lines(self.shell("boom", "pack [1", "ping", options=["--json"]), 1)
        self.assertFalse(boom["ok"])
        self.assertEqual(boom["error"]["status"], "SCRIPT_ERROR")
        self.assertTrue(boom["error"]["vm_alive"])
        self.assertIn("cli.lua", boom["error"]["traceback"])
        self.assertEqual(line["error"]["status"], "INVALID")
        self.assertEqual(ping, {"ok": True, "word": "ping", "result": "PONG"})

    def test_methods(self):
        names = self.good(self.shell(":methods")).split()
        self.assertEqual(names, sorted(names))
        self.assertLessEqual({"pack", "hello_world", "ping", "bye"}, set(names))
        self.assertFalse({"print", "hidden", "not_a_function", "dofile", "fk", "$/methods"} & set(names))
        self.assertEqual(self.results(":methods"), [names])

    def test_stats(self):
        stats, = self.results(":stats")
        self.assertEqual(stats["alive"], True)
        self.assertEqual(stats["sandbox"], "game")
        self.assertGreater(stats["memory"], 10000)
        text = self.good(self.shell("ping", "boom", ":stats"), 1)
        self.assertRegex(text, r"calls +3, 1 failed")  # $/methods too

    def test_help_quit_and_end(self):
        self.assertIn(":reload", self.good(self.shell(":help", ":quit", "no_such")))
        self.assertIn(":reload", self.results(":help")[0])

    def test_reload(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "changing.lua")
            write(script, "n = 1 function count() n = n + 1 return n end")
            say = Conversation("shell", script, "--json")
            self.assertEqual(say("count")["result"], 2)
            write(script, "n = 10 function count() n = n + 1 return n end")
            self.assertEqual(say("count")["result"], 3)
            self.assertTrue(say(":reload")["ok"])
            self.assertEqual(say("count")["result"], 11)
            write(script, "function count(")
            broken = say(":reload")
            self.assertEqual(broken["error"]["status"], "OPEN_FAILED")
            self.assertEqual(say("count")["result"], 12)  # the VM of before
            self.assertEqual(say.end(), 1)

    def test_dead_vm(self):
        say = Conversation("shell", SCRIPT, "--json")
        self.addCleanup(say.end)
        pid = say(":stats")["result"]["pid"]
        if not pid:
            self.skipTest("this backend has no process to kill")
        os.kill(pid, signal.SIGKILL)
        dead = say("ping")
        self.assertEqual(dead["error"]["status"], "VM_DIED")
        self.assertFalse(dead["error"]["vm_alive"])
        self.assertIn("signal 9", dead["error"]["message"])
        self.assertEqual(say(":methods")["error"]["status"], "VM_DIED")
        self.assertEqual(say(":stats")["result"]["alive"], False)
        self.assertTrue(say(":reload")["ok"])
        self.assertEqual(say("ping")["result"], "PONG")
        self.assertEqual(say.end(), 1)

    def test_child_without_a_script(self):
        """A command may need none; this one answers every call with the name of the method."""
        child = """sh -c 'echo {\\"jsonrpc\\":\\"2.0\\",\\"method\\":\\"$/hello\\"}
            while read -r line; do
                name=${line#*method\\":\\"}; id=${line##*:}
                echo {\\"jsonrpc\\":\\"2.0\\",\\"result\\":\\"${name%%\\"*}\\",\\"id\\":$id
            done'"""
        command = ["--command", child]
        done = fkvm("shell", *command, text="one\ntwo [1]\n")
        if "no backend" in done.stderr:
            self.skipTest("this build has no process backend")
        self.assertEqual(self.good(done), '"one"\n"two"\n')
        for words in (["three"], ["three", "[1]"], ["three", '{"a":1}']):
            self.assertEqual(self.good(fkvm("call", *command, *words)), '"three"\n')
        self.assertEqual(self.good(fkvm("call", *command, SCRIPT, "four")), '"four"\n')
        self.good(fkvm("call", *command), 2)
        self.good(fkvm("call", "one"), 2)

    def test_script_that_does_not_open(self):
        self.assertIn("no/such.lua", fkvm("shell", "no/such.lua").stderr)
        self.good(fkvm("shell", "no/such.lua"), 3)
        self.assertIn("SCRIPT", fkvm("shell").stderr)
        self.good(fkvm("shell"), 2)


class OnTerminal(Case):
    def test_edit_complete_and_die(self):
        terminal = Terminal("shell", SCRIPT)
        terminal.expect(r"cli\.lua in \w+, \d+ methods")
        terminal.expect("fkvm> ")
        terminal.type("hel\t")
        terminal.expect("lo_world")  # completed
        terminal.type("\n")
        terminal.expect('"world"')
        terminal.expect("fkvm> ")
        terminal.type(":rel\t\n")
        terminal.expect("a new VM runs")
        terminal.expect("fkvm> ")
        terminal.type("\x1b[A\x1b[A\n")  # up, up: from the history
        terminal.expect('"world"')
        terminal.expect("fkvm> ")
        terminal.type("pack 1 3\x1b[D2,\n")  # left, insert
        terminal.expect(r'\[1,"2,3"\]')
        terminal.expect("fkvm> ")
        for _ in range(2):
            terminal.type("no_such\x03")  # Ctrl-C drops the line
            terminal.expect(r"\^C\s+fkvm> ")
        terminal.type("ping\n")
        terminal.expect('"PONG"')
        terminal.expect("fkvm> ")
        terminal.type("spin\n")
        terminal.expect("spinning")
        terminal.type("\x03")  # Ctrl-C
        terminal.expect("INTERRUPTED")
        terminal.expect("fkvm> ")
        terminal.type("ping\n")
        terminal.expect('"PONG"')
        terminal.expect("fkvm> ")
        terminal.type(":quit\n")
        history = os.path.join(terminal.home.name, ".local/state/fkvm/history")
        self.assertEqual(terminal.end(keep=True), 0)
        with open(history) as file:
            self.assertIn("hello_world", file.read())
        terminal.home.cleanup()


if __name__ == "__main__":
    unittest.main()
