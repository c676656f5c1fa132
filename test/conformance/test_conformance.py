#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm conformance: children in three languages hold the protocol, and each planted fault is found by
the rows that are made for it.

CHILD and METHODS are the Python child of docs/protocol.md and its test methods, from the page."""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from faults import FAULTS, planted

HERE = os.path.dirname(os.path.abspath(__file__))
FKVM, CHILD, METHODS = os.environ["FKVM"], os.environ["CHILD"], os.environ["METHODS"]
LIMIT = 1200  # seconds; only a hang takes so long
UNLIMITED = ["library-memory"] if os.environ.get("ASAN") else []  # of commands, in such a build


def fkvm(*arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FK_VM_")}
    return subprocess.run([FKVM, "conformance", *arguments], capture_output=True, text=True,
                          timeout=LIMIT, env=environment)


def outcomes(*arguments):
    """What --json says: the exit code, and the rows by their names."""
    patience = [] if "--timeout" in arguments else ["--timeout", "60"]
    done = fkvm("--json", *patience, *arguments)
    try:
        rows = json.loads(done.stdout)["rows"]
    except ValueError:
        raise AssertionError(done.stdout + done.stderr) from None
    return done.returncode, {row["row"]: row for row in rows}


def with_verdict(rows, verdict):
    return {name for name, row in rows.items() if row["verdict"] == verdict}


def python(child, *arguments):
    return outcomes(*arguments, "--script", METHODS, "--", sys.executable, child)


class Children(unittest.TestCase):
    def holds(self, outcome, not_tried=()):
        code, rows = outcome
        bad = [row for row in rows.values() if row["verdict"] == "fails"]
        self.assertEqual((code, bad), (0, []))
        self.assertEqual(with_verdict(rows, "not tried"), set(not_tried))
        self.assertGreater(len(rows), 50)

    def test_fkvm_host(self):
        self.holds(outcomes())

    def test_lua(self):
        if not os.environ.get("ENTRY"):
            self.skipTest("no stock lua5.4, or a build whose module it cannot load")
        self.holds(outcomes("--lua", "--", os.environ["LUA"], os.environ["ENTRY"]))

    def test_python(self):
        self.holds(python(CHILD), ["own-limits", *UNLIMITED])

    def test_fkvm_child(self):
        self.holds(outcomes("--", "env", "PYTHONPATH=" + os.environ["PYTHON_PACKAGE"], sys.executable,
                            os.environ["PYTHON_CHILD"]), UNLIMITED)

    def test_node(self):
        node = shutil.which("node")
        if not node:
            self.skipTest("no node: apt-get install nodejs")
        script, child = os.path.join(HERE, "methods.js"), os.path.join(HERE, "child.js")
        outcome = outcomes("--script", script, "--", node, child)
        self.holds(outcome, [name for name in outcome[1] if name.startswith("sigint-")]
                   + ["own-limits", "library-interrupt", "library-timeout", *UNLIMITED])

    def test_length_of_the_page(self):
        with open(CHILD, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertLessEqual(len(lines), 40)
        self.assertLessEqual(max(map(len, lines)), 100)


class Command(unittest.TestCase):
    def test_table(self):
        done = fkvm("--rows", "integers,bye", "--script", METHODS, "--", sys.executable, CHILD)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"holds +integers +integers of 64 bits .*: \d+ values\n")
        self.assertIn("\n4 rows hold, 0 fail, 0 not tried\n", done.stdout)

    def test_what_is_not_tried(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "few.py")
            with open(script, "w", encoding="utf-8") as file:
                file.write("def echo(value): return value\n")
            command = "--script", script, "--", sys.executable, CHILD
            code, rows = outcomes(*command)
            self.assertEqual((code, with_verdict(rows, "fails")), (0, set()))
            missing = with_verdict(rows, "not tried")
            self.assertLessEqual({"params", "call-host", "sigint-running", "longest-message",
                                  "library-nesting", "before-hello"}, missing)
            self.assertIn("'pack'", rows["params"]["what"])
            self.assertEqual(outcomes("--all", *command)[0], 1)
            with open(script, "w", encoding="utf-8") as file:
                file.write("pass\n")
            code, rows = outcomes(*command)
            self.assertEqual((code, with_verdict(rows, "holds")), (0, {"hello"}))

    def test_failing_rows_say_what_to_change(self):
        with tempfile.TemporaryDirectory() as folder:
            command = "--rows", "bye", "--script", METHODS, "--", sys.executable, \
                plant("exits-with-3", folder)
            done = fkvm(*command)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout, r"FAILS +bye .*: it exited with code 3\n +-> answer the")
            rows = outcomes(*command)[1]
            self.assertIn("exit with 0", rows["bye"]["advice"])
            self.assertEqual(rows["hello"]["advice"], "")

    def test_wrong_usage(self):
        for arguments, code, word in ((["--rows", "nothing"], 2, "no row 'nothing'"),
                                      (["--script", "no/such.py"], 2, "no/such.py"),
                                      (["--", "no-such"], 3, "cannot start 'no-such' in ")):
            done = fkvm(*arguments)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            self.assertIn(word, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)
        done = fkvm("--", "/bin/false")
        self.assertEqual(done.returncode, 1)
        self.assertIn("exited with code 1 before its hello", done.stdout)


def plant(name, folder):
    with open(CHILD, encoding="utf-8") as file:
        source = planted(name, file.read())
    path = os.path.join(folder, name + ".py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    return path


class Faults(unittest.TestCase):
    """Exactly the rows named. Those of the library are tried where they are among them."""

    def test_each(self):
        every = python(CHILD)[1]
        conversation = [name for name in every if not name.startswith("library-")]
        self.assertGreaterEqual(len(FAULTS), 20)

        def look(name):
            wanted = set(FAULTS[name][1].split())
            rows = ",".join(conversation + [row for row in wanted if row.startswith("library-")])
            child = plant(name, folder)
            code, found = python(child, "--timeout", "6", "--rows", rows)
            failing = with_verdict(found, "fails")
            if failing - wanted:  # on a busy machine some are late: once more, with time
                again = python(child, "--timeout", "60", "--rows", ",".join(failing - wanted))[1]
                failing = failing & wanted | with_verdict(again, "fails")
            return name, code, wanted, {row: found[row]["what"] for row in failing}

        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(3) as pool:
            for name, code, wanted, failing in pool.map(look, FAULTS):
                with self.subTest(fault=name):
                    self.assertEqual(set(failing), wanted, failing)
                    self.assertEqual(code, 1)

    def test_each_row_finds_one(self):
        found = {row for _, rows in FAULTS.values() for row in rows.split()}
        self.assertEqual(set(python(CHILD)[1]) - found, set())

if __name__ == "__main__":
    unittest.main()
