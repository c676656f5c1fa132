#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm doctor: a sound installation is called so, each fault is named with what to do."""
from support import Case, fkvm, json, os, re, unittest
import resource
import tempfile


class Doctor(Case):
    def checks(self, code=0, **variables):
        report = json.loads(self.good(fkvm("doctor", "--json", **variables), code))
        self.assertEqual(report["ok"], code == 0)
        return {check["name"]: check for check in report["checks"]}

    def expect(self, check, verdict, what, advice=""):
        self.assertEqual(check["verdict"], verdict, check)
        self.assertIn(what, check["what"])
        self.assertIn(advice, check["advice"])

    def test_a_sound_installation(self):
        checks = self.checks()
        name = os.environ["FK_VM_BACKEND"]
        self.assertFalse([check for check in checks.values() if check["verdict"] == "bad"])
        self.expect(checks["backend " + name], "good", "Lua 5.4; answers ping")
        self.assertIn("sandbox " + name, checks)
        self.expect(checks["version"], "good", "fkvm and libfkvm ")
        if name == "process":
            self.expect(checks["backend process"], "good", "fkvm-host starts in")
            self.assertIn("lua+rlimit", checks["sandbox process"]["what"])
            self.assertRegex(checks["open files"]["what"], r"which take \d+ each")

    def test_text(self):
        text = self.good(fkvm("doctor"))
        self.assertRegex(text, r"(?m)^good +version ")
        for cause in ("EXIT", "SIGNAL", "OUT_OF_MEMORY", "MEMORY_LIMIT", "TIMEOUT", "INTERRUPT", "PROTOCOL", "UNKNOWN", "OPERATOR"):
            self.assertRegex(text, rf"(?m)^  {cause} .*\n +-> ")

    def test_variables(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "trace")
            checks = self.checks(FK_VM_TRACE=trace, FK_VM_TEMPLATE="off", FK_VM_BACKEND_PATH=folder, FK_VM_CRASH_DIR=folder,
                                 FK_VM_STATUS=os.path.join(folder, "status.sock"))
            for name in ("FK_VM_TRACE", "FK_VM_STATUS", "FK_VM_CRASH_DIR", "FK_VM_TEMPLATE", "FK_VM_BACKEND_PATH", "FK_VM_BACKEND"):
                self.expect(checks[name], "good", "'")
            self.assertEqual(os.listdir(folder), [])  # a doctor leaves no traces
            checks = self.checks(1, FK_VM_TRACE=trace + "/x/y", FK_VM_TEMPLATE="on", FK_VM_BACKEND_PATH="/no/such",
                                 FK_VM_HOST=folder, FK_VM_BAKEND="process", FK_VM_SANDBOX="0", FK_VM_CRASH_DIR="/no/such", FK_VM_STATUS="/no/such/x.sock")
            self.expect(checks["FK_VM_STATUS"], "bad", "cannot be made in", "fkvm top")
            self.expect(checks["FK_VM_CRASH_DIR"], "bad", "not a folder", "make the folder")
            self.expect(checks["FK_VM_TRACE"], "bad", "cannot be made in", "no VM opens")
            self.expect(checks["FK_VM_TEMPLATE"], "bad", "only off and first", "unset")
            self.expect(checks["FK_VM_BACKEND_PATH"], "bad", "'/no/such' is not a folder")
            self.expect(checks["FK_VM_HOST"], "bad", "not an executable file", "unset")
            self.expect(checks["FK_VM_BAKEND"], "warning", "no variable of that name", "environment.md")
            self.expect(checks["FK_VM_SANDBOX"], "warning", "only children", "unset")

    def test_backends(self):
        checks = self.checks(1, FK_VM_BACKEND="no-such")
        self.expect(checks["backend no-such"], "bad", "there are: ")
        if os.environ["FK_VM_BACKEND"] != "process":
            return
        checks = self.checks(1, FK_VM_COMMAND="/no/such/child")
        self.expect(checks["backend process"], "bad", "'/no/such/child': No such file", "FK_VM_COMMAND")
        checks = self.checks(1, FK_VM_COMMAND="sh -c 'echo last words >&2; exit 3'")
        self.expect(checks["backend process"], "bad", "exited with code 3")

    def test_few_files(self):
        if os.environ["FK_VM_BACKEND"] != "process":
            self.skipTest("only children take files")
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, before[1]))
        try:
            checks = self.checks()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        self.expect(checks["open files"], "warning", "100 open files are allowed", "ulimit -n")


if __name__ == "__main__":
    unittest.main()
