#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm trace: the picture is one that Perfetto and Chrome open, and its times and the table's are those of the trace."""
from support import Case, FKVM, HERE, SCRIPT, Terminal, fkvm, json, os, subprocess, unittest, write
from hand import Hand
import tempfile

GAME = os.path.join(HERE, "..", "..", "examples", "cardgame", "main.lua")
MICROSECOND = 1000


class Trace(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.trace = os.path.join(folder.name, "trace")
        self.out = os.path.join(folder.name, "out.json")

    def write(self, *hands):
        write(self.trace, "".join(line + "\n" for hand in hands for line in hand.lines))

    def events(self, *arguments):
        """Of the picture, after a look at what every picture must hold to."""
        done = fkvm("trace", self.trace, "--perfetto", self.out, *arguments)
        self.good(done)
        with open(self.out, encoding="utf-8") as file:
            events = json.load(file)["traceEvents"]
        self.check(events)
        return events

    def check(self, events):
        last, open_works, named = {}, {}, set()
        for event in events:
            track = event["pid"], event["tid"]
            self.assertGreaterEqual(event["ts"], last.get(track, 0), event)
            last[track] = event["ts"]
            if event["ph"] == "M" and event["name"] == "thread_name":
                named.add(track)
            elif event["ph"] == "B":
                self.assertTrue(event["name"])
                open_works.setdefault(track, []).append(event["name"])
            elif event["ph"] == "E":
                open_works[track].pop()
            elif event["ph"] == "C":
                self.assertGreaterEqual(event["args"]["bytes"], 0)
            else:
                self.assertIn(event["ph"], "Mi")
        self.assertEqual(set(last), named)
        self.assertFalse([works for works in open_works.values() if works])

    def top(self, *arguments):
        told, = self.json_lines(fkvm("trace", self.trace, "--json", *arguments))
        return told, {(row["what"], row["method"]): row for row in told["methods"]}

    def test_game(self):
        for games in ("3", "1"):
            self.good(fkvm("run", GAME, "--seed", "7", "--games", games, "--trace", self.trace))
        with open(self.trace, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        messages = [line for line in lines if "rpc" in line]
        events = self.events()
        self.assertEqual(len({(event["pid"], event["tid"]) for event in events}), 2)
        names = [event["args"]["name"] for event in events if event["ph"] == "M" and event["name"] == "thread_name"]
        self.assertEqual(names, [f"VM {n}: {GAME} ({os.environ['FK_VM_BACKEND']})" for n in (1, 2)])
        begun = [event["name"] for event in events if event["ph"] == "B" and event["cat"] != "idle"]
        self.assertEqual(begun, [line["rpc"]["method"] for line in messages if "method" in line["rpc"] and "id" in line["rpc"]])
        instants = [event["name"] for event in events if event["ph"] == "i"]
        self.assertEqual(instants, [line["rpc"]["method"] for line in messages if "method" in line["rpc"] and "id" not in line["rpc"]])
        memory = [event["args"]["bytes"] for event in events if event["ph"] == "C"]
        self.assertEqual(memory, [line["state"]["memory"] for line in lines if "state" in line])
        told, rows = self.top()
        self.assertEqual((told["messages"], told["vms"], told["unanswered"], told["strange_lines"]), (len(messages), 2, 0, 0))
        self.assertEqual(rows["call", "ResumeRoom"]["count"], begun.count("ResumeRoom"))
        self.assertEqual(rows["host notify", "ServerPlayer_doNotify"]["count"], instants.count("ServerPlayer_doNotify"))
        self.assertGreater(rows["host notify", "ServerPlayer_doNotify"]["total_ns"], 0)
        self.assertIn("ServerPlayer_doNotify", self.good(fkvm("trace", self.trace)))

    def nested(self, **opening):
        """outer 10 us to 100, in it back 20 to 60, in that inner 30 to 40, in that a notification."""
        hand = Hand(**opening).at(10 * MICROSECOND)
        outer = hand.call("vm", "outer", [4])
        back = hand.at(20 * MICROSECOND).call("server", "back", ["x" * 500])
        inner = hand.at(30 * MICROSECOND).call("vm", "inner", {"id": 3})
        hand.at(35 * MICROSECOND).note("server", "show", {"id": 3})
        hand.at(40 * MICROSECOND).fails("server", inner, "no \"card\"", status="SCRIPT_ERROR")
        hand.at(60 * MICROSECOND).answer("vm", back, 7)
        return hand.at(100 * MICROSECOND).answer("server", outer, 8)

    def test_nested_calls(self):
        self.write(self.nested().state(5000, show=(1, 1200, 1200)).at(500 * MICROSECOND).state(4000, 250 * MICROSECOND).close())
        events = [event for event in self.events() if event["ph"] != "M"][2:]
        self.assertEqual([(event["ph"], event.get("name"), event["ts"]) for event in events], [
            ("B", "outer", 10), ("B", "back", 20), ("B", "inner", 30), ("i", "show", 35), ("E", None, 40), ("E", None, 60), ("E", None, 100),
            ("C", "memory of VM 1", 100), ("B", "idle: collects garbage", 250), ("E", None, 500), ("C", "memory of VM 1", 500), ("i", "$/close", 500)])
        self.assertEqual([event.get("cat") for event in events[:4]], ["call", "host call", "call", "host notify"])
        self.assertEqual(events[0]["args"], {"params": "[4]", "line": 3})
        self.assertEqual(events[1]["args"]["params"], '["' + "x" * 118 + "...")
        self.assertEqual(events[2]["args"]["params"], '{"id":3}')
        self.assertEqual([event["args"] for event in events[4:7]], [{"error": 'no "card"'}, {"result": "7"}, {"result": "8"}])
        rows = self.top()[1]
        for what, method, total, own, errors in (("call", "outer", 90, 50, 0), ("host call", "back", 40, 30, 0), ("call", "inner", 10, 10, 1)):
            row = rows[what, method]
            self.assertEqual((row["count"], row["errors"], row["total_ns"], row["own_ns"], row["max_ns"]),
                             (1, errors, total * MICROSECOND, own * MICROSECOND, total * MICROSECOND))
        self.assertEqual(rows["host notify", "show"], {"what": "host notify", "method": "show", "count": 1, "errors": 0, "total_ns": 1200,
                                                       "own_ns": 1200, "median_ns": None, "p99_ns": None, "max_ns": 1200})
        self.assertEqual(rows["idle", "collects garbage"]["total_ns"], 250 * MICROSECOND)

    def test_quantiles(self):
        hand, now = Hand(), 1000
        for duration in range(1, 1001):  # microseconds
            call = hand.at(now).call("vm", "spin", [])
            now += duration * MICROSECOND
            hand.at(now).answer("server", call, 1)
        self.write(hand)
        row = self.top()[1]["call", "spin"]
        self.assertEqual((row["count"], row["total_ns"], row["max_ns"]), (1000, 500500 * MICROSECOND, 1000 * MICROSECOND))
        self.assertAlmostEqual(row["median_ns"] / MICROSECOND, 500, delta=20)
        self.assertAlmostEqual(row["p99_ns"] / MICROSECOND, 990, delta=35)

    def test_several_vms_on_one_time_line(self):
        second = 1_000_000_000
        first = self.nested(clock=50 * second, time=1000)
        other = Hand(pid=8, clock=53 * second, time=1003)           # another process, by the clock
        rebooted = Hand(pid=9, clock=2 * second, time=1600)         # the clock began anew: by the date
        old = Hand(pid=10)                                          # of an fkvm that told neither
        self.write(first, other, rebooted, old)
        begins = {event["pid"]: event["ts"] for event in self.events() if event["ph"] == "B" and event["name"] == "$/open"}
        self.assertEqual(begins, {7: 0, 8: 3e6, 9: 600e6, 10: 600e6 + 0.001})
        only = self.events("--vm", "2")
        self.assertEqual({event["pid"] for event in only}, {8})
        self.assertEqual({method for _, method in self.top("--vm", "1")[1]}, {"$/open", "outer", "back", "inner", "show"})

    def test_a_record_without_its_end(self):
        hand = self.nested()
        hand.call("vm", "outer", [1])
        hand.at(900 * MICROSECOND).call("server", "back", [])
        for cut in range(1, len(hand.lines) + 1):
            write(self.trace, "\n".join(hand.lines[:cut]) + '\n{"pid":7,"vm"')
            done = fkvm("trace", self.trace, "--perfetto", self.out)
            self.good(done)
            self.assertIn("the last line of the trace is unfinished", done.stderr)
            with open(self.out, encoding="utf-8") as file:
                self.check(json.load(file)["traceEvents"])
        self.assertIn("2 calls have no answer in the trace", done.stderr)
        self.assertEqual(self.top()[0]["unanswered"], 2)
        write(self.trace, "\n".join(hand.lines[4:]) + "\n")  # nor its beginning
        self.assertEqual({event["name"] for event in self.events() if event["ph"] == "B"}, {"inner", "outer", "back"})

    def test_strange_lines(self):
        hand = self.nested().note("vm", 'quote " and \\ and \u5f20').note("server", "show", "\u5f20" * 100)
        lines = [line.encode() for line in hand.lines]
        lines.insert(5, b"what")
        lines.insert(6, b'{"pid":7,"vm":1,"ns":1,"to":"vm","rpc":{"jsonrpc":"2.0"}}')
        lines.insert(7, b'{"pid":7,"vm":1,"ns":1,"state":{nothing}}')
        lines.append(b'{"pid":7,"vm":1,"ns":100000,"to":"server","rpc":{"jsonrpc":"2.0","method":"\xff","params":["\xff\xfe"]}}')
        with open(self.trace, "wb") as file:
            file.write(b"\n".join(lines) + b"\n")
        done = fkvm("trace", self.trace, "--perfetto", self.out)
        self.good(done)
        self.assertIn("passed over 3 lines of the trace, from line 6 on", done.stderr)
        names = [event["name"] for event in self.events() if event["ph"] == "i"]
        self.assertEqual(names, ["show", 'quote " and \\ and \u5f20', "show", "(bytes)"])

    def test_what_cannot_be(self):
        self.write(self.nested())
        self.assertIn("is the trace itself", fkvm("trace", self.trace, "--perfetto", self.trace).stderr)
        self.assertGreater(os.path.getsize(self.trace), 500)  # it was left alone
        for arguments, code, said in ((("--perfetto", "/dev/full"), 1, "No space left on device"), (("--perfetto", self.folder), 1, "cannot write"),
                                      (("--vm", "2"), 2, "holds 1 VM"), (("--perfetto", "-", "--top"), 2, "standard output")):
            done = fkvm("trace", self.trace, *arguments)
            self.good(done, code)
            self.assertIn(said, done.stderr)
        write(self.trace, "hello\n")
        self.assertIn("is no trace of fkvm", fkvm("trace", self.trace).stderr)
        self.good(fkvm("trace", self.trace), 4)

    def test_pipes(self):
        hand = self.nested()
        done = fkvm("trace", "/dev/stdin", "--perfetto", "-", text="\n".join(hand.lines) + "\n")
        self.check(json.loads(self.good(done))["traceEvents"])

    @unittest.skipUnless(os.environ.get("FK_MOST_GROWTH", "2") == "2", "a sanitizer takes memory of its own")
    def test_memory_does_not_grow(self):
        def peak(copies):
            with open(self.trace, "w", encoding="utf-8") as file:
                hand = Hand()
                file.write("\n".join(hand.lines) + "\n")
                call = self.nested().lines[2:]
                for _ in range(copies):
                    file.write("\n".join(call) + "\n")
            process = subprocess.Popen([FKVM, "trace", "-q", self.trace, "--perfetto", self.out, "--top"], stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
            self.assertEqual(status, 0)
            return usage.ru_maxrss
        small = peak(100)
        self.assertLess(peak(20000), small + 1000)  # kilobytes; 26 MB of trace, 40 MB of picture

    def test_on_a_terminal(self):
        self.write(*[self.nested()] * 400)
        terminal = Terminal("trace", self.trace, "--perfetto", self.out)
        terminal.expect("━")
        terminal.expect("ui.perfetto.dev")
        self.assertEqual(terminal.end(), 0)


if __name__ == "__main__":
    unittest.main()
