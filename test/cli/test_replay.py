#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm replay does what a trace says once more, on each backend, and tells where the two part."""
from support import Case, HERE, SCRIPT, Terminal, fkvm, json, os, unittest, write
from hand import REPLAYED, Hand
import tempfile

GAME = os.path.join(HERE, "..", "..", "examples", "cardgame", "main.lua")
BACKENDS = [entry["name"] for entry in json.loads(fkvm("backends", "--json").stdout) if entry["available"]]


class Replay(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.trace = os.path.join(folder.name, "trace")

    def lines(self):
        with open(self.trace, encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if '"state":{' not in line]  # messages

    def write(self, lines):
        write(self.trace, "".join(line + "\n" for line in lines))

    def replay(self, code, outcome, *arguments, **variables):
        """What --json tells, which must be the same on each backend as it is where that is not given."""
        for backend in () if "--backend" in arguments else BACKENDS:
            self.replay(code, outcome, "--backend", backend, *arguments, **variables)
        told, = self.json_lines(fkvm("replay", self.trace, "--json", "-q", *arguments, **variables), code)
        self.assertEqual(told["outcome"], outcome, told)
        return told

    def test_game(self):
        self.good(fkvm("run", GAME, "--seed", "7", "--games", "3", "--rooms", "2", "--trace", self.trace))
        told = self.replay(0, "equal")
        self.assertEqual((told["messages"], told["messages_recorded"]), (len(self.lines()),) * 2)
        self.assertGreater(told["calls"], 20)
        self.assertRegex(self.good(fkvm("replay", self.trace)), r"^equal: [\d,]+ messages in [\d,]+ calls, .*" + os.environ["FK_VM_BACKEND"])

    def record(self, *lines, code=0, arguments=()):
        """What the shell does with a script that needs no host method."""
        self.good(fkvm("shell", SCRIPT, "--trace", self.trace, *arguments, text="\n".join(lines)), code)

    def test_errors_and_output(self):
        self.record('pack [1, 2.5, {"a": {"$bytes": "AP8="}}, null, "\\u00e9"]', "hello_world", "boom", "ask nobody 2", "nobody", "$/methods", code=1)
        told = self.replay(0, "equal")
        self.assertEqual((told["calls"], told["host_calls"]), (7, 1))  # the shell asks for $/methods first

    def test_every_kind_of_message(self):
        hand = Hand().opened()
        hand.answer("server", hand.call("vm", "draw", [2]), {"name": "Zhang Fei", "hp": 2, "card": 17})  # in another order
        call = hand.call("vm", "outer", [4])
        back = hand.call("server", "back", [4])
        inner = hand.call("vm", "inner", [4])
        hand.note("server", "show", 4).answer("server", inner, 40).answer("vm", back, 7).answer("server", call, 8)
        call = hand.call("vm", "try", ["x", None, "y"])
        hand.fails("vm", hand.call("server", "x", [None, "y"]), "no such card").answer("server", call, "x: no such card (-32000)")
        call = hand.call("vm", "outer", [0])
        hand.fails("vm", hand.call("server", "back", [0]), "too late")
        hand.fails("server", call, "replay.lua:13: back: too late (-32000)", status="SCRIPT_ERROR")
        hand.note("vm", "deal", 2)
        for i in (1, 2):
            hand.note("server", "show", i, {"cards": ["a", "b", i], "hp": i})
        self.write(hand.close().lines)
        told = self.replay(0, "equal")
        self.assertEqual((told["calls"], told["host_calls"]), (6, 7))

    def test_parts_at_the_message(self):
        hand = Hand().opened()
        call = hand.call("vm", "deal", [4])
        for i in range(1, 5):
            hand.note("server", "show", i, {"hp": 9 if i == 3 else i, "cards": ["a", "b", i]})
        hand.answer("server", call, 4).close()
        self.write(hand.lines)
        parted = self.replay(1, "parted")["parted"]
        line = next(n for n, text in enumerate(hand.lines, 1) if '"hp":9' in text)
        self.assertEqual((parted["message"], parted["line"], parted["path"], parted["expected_value"], parted["got_value"]), (line, line, "params[1].hp", "9", "3"))
        self.assertEqual(parted["call"], "the call deal [4]")
        text = self.good(fkvm("replay", self.trace), 1)
        self.assertIn(f"parted at message {line}, line {line}: ", text)
        self.assertIn("params[1].hp: 9 in the record, 3 here", text)

    def test_where_values_differ(self):
        text = "Zhang Fei and Guan Yu drink wine. " * 9
        for recorded, came, path, expected, got in (
                ([1, 2], [1, 3], "result[1]", "2", "3"),
                ([1, 2], [1, 2, 3], "result", "2 items", "3 items"),
                ([3], [3.0], "result[0]", "3", "3.0"),
                ([None], [False], "result[0]", "null", "false"),
                ([{"a": {"b c": [0, 1]}}], [{"a": {"b c": [0, 2]}}], 'result[0].a["b c"][1]', "1", "2"),
                ([{"a": 1}], [{"b": 1}], "result[0].a", "1", "nothing"),
                ([{"a": 1}], [{"b": 1, "a": 1}], "result[0].b", "nothing", "1"),
                ([{"$bytes": "AP8="}], [{"$bytes": "AP4="}], "result[0]", '{"$bytes":"AP8="}', '{"$bytes":"AP4="}'),
                ([text + "A"], [text + "B"], f"result[0], byte {len(text)}", '..."Guan Yu drink wine. A"', '..."Guan Yu drink wine. B"'),
                (["\u5f20" * 60 + "a"], ["\u5f20" * 60 + "b"], "result[0], byte 180", '..."' + "\u5f20" * 6 + 'a"', '..."' + "\u5f20" * 6 + 'b"')):
            hand = Hand(SCRIPT)
            hand.answer("server", hand.call("vm", "pack", came), recorded)
            self.write(hand.close().lines)
            parted, = self.json_lines(fkvm("replay", self.trace, "--json"), 1)
            self.assertEqual([parted["parted"].get(key) for key in ("path", "expected_value", "got_value")], [path, expected, got])
        self.assertIn("byte 180: ...", self.good(fkvm("replay", self.trace), 1))

    def test_parts_by_other_messages(self):
        for change, expected, got in ((lambda h: h.note("server", "hide", 1), "the notification hide [1]", "the notification show [1,"),
                                      (lambda h: h.answer("server", 3, 1), "the result 1", "the notification show [1,"),
                                      (lambda h: h.call("server", "show", [1]), "the call show [1]", "the notification show [1,")):
            hand = Hand().opened()
            hand.call("vm", "deal", [1])
            change(hand)
            self.write(hand.close().lines)
            parted = self.replay(1, "parted")["parted"]
            self.assertEqual(parted["expected"], expected)
            self.assertIn(got, parted["got"])
        hand = Hand().opened()
        hand.answer("server", hand.call("vm", "draw", [1]), [])
        self.write(hand.close().lines)
        parted = self.replay(1, "parted")["parted"]
        self.assertEqual((parted["path"], parted["call"]), ("result", ""))
        hand = Hand().opened()
        hand.fails("server", hand.call("vm", "boom", []), "by chance", status="SCRIPT_ERROR")
        self.write(hand.close().lines)
        self.assertRegex(self.replay(1, "parted")["parted"]["got"], "the error SCRIPT_ERROR: .*on purpose")

    def test_more_or_less_than_the_record(self):
        hand = Hand().opened().note("server", "show", 1).close()
        self.write(hand.lines)
        parted = self.replay(1, "parted", "--backend", "embedded")["parted"] if "embedded" in BACKENDS else {"line": 5, "got": "nothing"}
        self.assertEqual(parted["line"], 5)
        self.assertIn("nothing", parted["got"])
        hand = Hand().opened()
        hand.call("vm", "deal", [1])
        self.write(hand.close().lines)
        parted = self.replay(1, "parted")["parted"]
        self.assertEqual((parted["message"], parted["expected"]), (0, "nothing more"))

    def test_changed_script(self):
        self.record("pack 1", "hello_world")
        with open(SCRIPT, encoding="utf-8") as file:
            text = file.read().replace('return "world"', 'return "moon"')
        write(os.path.join(self.folder, "mended.lua"), text)
        parted = self.replay(1, "parted", "--directory", self.folder, "--script", "mended.lua")["parted"]
        self.assertEqual((parted["path"], parted["expected_value"], parted["got_value"]), ("result", '"world"', '"moon"'))

    def test_record_that_ends_early(self):
        self.good(fkvm("run", GAME, "--seed", "1", "--players", "3", "--trace", self.trace))
        lines = self.lines()
        for count in (1, 2, 3, 4, 5, len(lines) // 2, len(lines) - 1):
            self.write(lines[:count])
            self.replay(0, "ended", "--backend", os.environ["FK_VM_BACKEND"])
        write(self.trace, "\n".join(lines[:9]) + "\n" + lines[9][:50])
        done = fkvm("replay", self.trace)
        self.assertIn("the record ends before the VM's close: 9 messages", self.good(done))
        self.assertIn("the last line of the trace is unfinished", done.stderr)

    def test_no_trace(self):
        for text in ("", "\n", "hello\n", '{"pid":1}\n', "\x00\n" * 9, '{"pid":1,"vm":1,"ns":1,"to":"vm","rpc":{'):
            write(self.trace, text)
            done = fkvm("replay", self.trace)
            self.good(done, 4)
            self.assertIn("is no trace of fkvm", done.stderr)
        self.good(fkvm("replay", self.trace + "x"), 2)

    def test_pipe(self):
        self.write(Hand().opened().close().lines)
        done = fkvm("replay", "/dev/stdin", text="\n".join(self.lines()) + "\n")
        self.good(done, 4)
        self.assertIn("must be a file", done.stderr)

    def test_damage(self):
        self.record("pack 1", "pack 2")
        lines = self.lines()
        self.write(lines[:2] + ["what", ""] + lines[2:])
        done = fkvm("replay", self.trace, "--json")
        self.assertEqual(json.loads(self.good(done))["strange_lines"], 2)
        self.assertIn("passed over 2 lines of the trace, from line 3 on, that are no messages", done.stderr)
        for damage in ('"params":[2', '"params":[x]', '"params":7', '"params":[2],"id":2'):
            self.write([line.replace('"params":[2]', damage) for line in lines])
            self.assertIn("line 7 of the trace is damaged", self.replay(4, "unreadable")["problem"])
        for damage, problem in (
            ('"params":' + "[" * 128 + "]" * 128, "arrays and objects nest too deep"),
            ('"result":1', "a message with a method and an answer"),
            ('"params":7', "params is neither an array nor an object"),
            ('"params":[2],"params":[2]', "at byte "),
        ):
            self.write([line.replace('"params":[2]', damage) for line in lines])
            self.assertRegex(self.replay(4, "unreadable")["problem"], "^line 7 of the trace is damaged: .*" + problem)
        deep = "[" * 127 + "]" * 127
        self.write([line.replace('"params":[2]', '"params":' + deep) for line in lines])
        self.replay(1, "parted")
        self.write([lines[0].replace('"sandbox":0', '"sandbox":'), *lines[1:]])
        self.good(fkvm("replay", self.trace), 2)
        self.assertIn("line 1 of the trace is damaged", self.replay(4, "unreadable", "--script", SCRIPT)["problem"])
        self.write(lines[:4] + lines[5:])
        self.assertRegex(self.replay(1, "parted")["parted"]["expected"], r"the result \[1\]")

    def test_several_vms(self):
        for card in (1, 2):
            hand = Hand(pid=card).opened()
            hand.answer("server", hand.call("vm", "draw", [card]), {"name": "Zhang Fei", "hp": card, "card": 17})
            if card == 1:
                first = hand.close().lines
        second, third = hand.lines, Hand(pid=1).opened().close().lines  # a process of the same number, later
        self.write([line for pair in zip(first, second) for line in pair] + first[len(second):] + third)
        done = fkvm("replay", self.trace)
        self.good(done, 2)
        self.assertIn("the trace holds 3 VMs: choose one of them by --vm N", done.stderr)
        self.assertRegex(done.stdout, r"2 +2 +1 .*replay.lua")
        vms = json.loads(self.good(fkvm("replay", self.trace, "--json"), 2))["vms"]
        self.assertEqual([(vm["vm"], vm["server_pid"], vm["closed"]) for vm in vms], [(1, 1, True), (2, 2, False), (3, 1, True)])
        self.replay(0, "equal", "--vm", "1")
        self.replay(0, "ended", "--vm", "2")
        self.assertEqual(self.replay(0, "equal", "--vm", "3")["messages"], len(third))
        self.good(fkvm("replay", self.trace, "--vm", "4"), 2)

    def test_unknown_options(self):
        """A trace that begins in the middle, or of an older fkvm."""
        self.record("pack 1", "pack 2")
        self.write(self.lines()[2:])
        done = fkvm("replay", self.trace)
        self.good(done, 2)
        self.assertIn("Give --script", done.stderr)
        self.assertEqual(self.replay(0, "equal", "--script", SCRIPT)["calls"], 3)

    def test_command_of_a_stranger(self):
        made = os.path.join(self.folder, "made")
        child = "print('{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}') io.stdout:flush() io.open(arg[1], 'w') io.read()"
        command = ["lua5.4", "-e", child, "-", made]
        self.write(Hand(options={"backend": "process", "command": command}).close().lines)
        done = fkvm("replay", self.trace)
        self.good(done, 2)
        self.assertIn("by the command: lua5.4 -e", done.stderr)
        self.assertFalse(os.path.exists(made))

    def test_open_that_failed(self):
        write(os.path.join(self.folder, "bad.lua"), 'error("no deck")')
        self.good(fkvm("call", os.path.join(self.folder, "bad.lua"), "x", "--trace", self.trace), 3)
        self.assertIn("no deck", self.replay(0, "equal")["problem"])
        self.assertIn("as in the record", self.good(fkvm("replay", self.trace)))
        write(os.path.join(self.folder, "bad.lua"), "")
        self.assertIn("OPEN_FAILED", self.replay(1, "parted")["parted"]["expected"])
        self.record("pack 1")
        done = fkvm("replay", self.trace, "--vm", "2", "--script", "none.lua")
        self.good(done, 3)
        self.assertIn("none.lua", done.stderr)

    @unittest.skipUnless("process" in BACKENDS, "needs templates")
    def test_copy_of_a_template(self):
        """What runs in copies only runs again."""
        script = os.path.join(self.folder, "copied.lua")
        write(script, "local copied = false\nfk.on_fork(function() copied = true end)\nfunction was_copied() return copied end")
        self.assertEqual(self.good(fkvm("call", script, "was_copied", "--backend", "process", "--trace", self.trace, FK_VM_TEMPLATE="first")), "true\n")
        self.replay(0, "equal", "--backend", "process")
        self.assertEqual(self.replay(1, "parted", "--backend", "process", FK_VM_TEMPLATE="off")["parted"]["got"], "the result false")

    def test_limits(self):
        """A call that was ended by a limit ends again: by its limit, or where the record's ended."""
        self.record("pack 1", "spin", code=1, arguments=("--timeout", "0.2"))
        self.replay(0, "equal")
        hand = Hand().opened()
        call = hand.call("vm", "chatter", [])
        for i in range(1, 50):
            hand.note("server", "show", i)
        self.write(hand.fails("server", call, "interrupted", status="INTERRUPTED").close().lines)
        self.assertEqual(self.replay(0, "equal", "--no-timeout")["host_calls"], 50)

    @unittest.skipUnless("process" in BACKENDS, "needs a child that can die")
    def test_death(self):
        write(os.path.join(self.folder, "die.lua"), "function die() os.execute('kill -9 $PPID') end")
        self.good(fkvm("call", os.path.join(self.folder, "die.lua"), "die", "--sandbox", "trusted", "--backend", "process", "--trace", self.trace), 1)
        self.assertIn('"status":"VM_DIED"', self.lines()[-2])
        self.replay(0, "equal", "--backend", "process")
        if "embedded" in BACKENDS:  # as a debugger would see it
            self.good(fkvm("replay", self.trace, "--backend", "embedded"), -9)
        write(os.path.join(self.folder, "die.lua"), "function die() end")
        self.assertRegex(self.replay(1, "parted")["parted"]["expected"], "the error VM_DIED")

    def test_own_trace_is_left_alone(self):
        self.record("pack 1")
        before = self.lines()
        self.good(fkvm("replay", self.trace, FK_VM_TRACE=self.trace))
        self.assertEqual(self.lines(), before)

    def test_on_a_terminal(self):
        self.record("pack 1")
        terminal = Terminal("replay", self.trace)
        terminal.expect("\x1b\\[[0-9;]*mequal: 7 messages")
        self.assertEqual(terminal.end(), 0)

    def test_ctrl_c(self):
        hand = Hand(SCRIPT)
        hand.call("vm", "spin", [])
        hand.fails("vm", hand.call("server", "flush", []), "nobody")
        self.write(hand.lines)
        terminal = Terminal("replay", self.trace, "--no-timeout")
        terminal.expect("spinning")
        terminal.type("\x03")
        terminal.expect("stopped: ")
        self.assertEqual(terminal.end(), 130)


if __name__ == "__main__":
    unittest.main()
