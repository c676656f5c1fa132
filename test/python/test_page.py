# SPDX-License-Identifier: MIT
"""docs/python.md says what is true: its programs run as they stand there, and examples/python has
the same. The wheel has what they need."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

import fkvm
from support import HANG, HERE, IS_CHILD

ROOT = HERE.parent.parent
sys.path.append(str(ROOT / "bindings/python"))
import packing  # noqa: E402


def blocks():
    text = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.M | re.S))


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name, text in blocks().items():
            (self.folder / name).write_text(text, encoding="utf-8")

    def run_python(self, *arguments, **environment):
        done = subprocess.run([sys.executable, *arguments], cwd=self.folder, timeout=HANG,
                              env=dict(os.environ, **environment), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8")
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_programs(self):
        self.assertEqual(self.run_python("program.py"), blocks()["program.txt"])
        self.assertEqual(self.run_python("server.py"), blocks()["server.txt"])

    @unittest.skipUnless(IS_CHILD, "an embedded VM has no process")
    def test_a_child_instead(self):
        program = (self.folder / "program.py").read_text().replace('"program.lua", ', "")
        (self.folder / "program.py").write_text(program)
        command = f"env PYTHONPATH={os.environ['PYTHONPATH']} {sys.executable} game.py"
        said = self.run_python("program.py", FK_VM_COMMAND=command)
        self.assertEqual(said.splitlines()[:3], blocks()["program.txt"].splitlines()[:3])
        self.assertIn("because of: LookupError('no player 7')", said)

    def test_examples(self):
        for name in ("program.py", "program.lua", "game.py"):
            text = (ROOT / "examples/python" / name).read_text(encoding="utf-8")
            self.assertEqual(text.split("\n", 1)[1], blocks()[name])

    def test_a_wheel(self):
        name = packing.build_wheel(str(self.folder))
        self.assertEqual(name, f"fkvm-{fkvm.version()}-py3-none-any.whl")
        with zipfile.ZipFile(self.folder / name) as wheel:
            self.assertIsNone(wheel.testzip())
            packed = {entry for entry in wheel.namelist() if entry.startswith("fkvm/")}
        package = pathlib.Path(fkvm.__file__).parent
        here = {path.relative_to(package.parent).as_posix() for path in package.rglob("*.py")}
        self.assertEqual(packed, here | {"fkvm/py.typed"})
        self.assertEqual(self.run_python("program.py", PYTHONPATH=str(self.folder / name)),
                         blocks()["program.txt"])
        self.assertIn(fkvm.__version__, name)

    def test_a_source_package(self):
        name = packing.build_sdist(str(self.folder))
        self.assertEqual(name, f"fkvm-{fkvm.__version__}.tar.gz")


if __name__ == "__main__":
    unittest.main()
