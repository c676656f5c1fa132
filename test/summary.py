# SPDX-License-Identifier: MIT
"""Adds up what the test runs of some build folders came to: one line, "N passed, N failed, N skipped". Before it stands a
line with the names of those that failed, if any did, and what each said of it; then the exit code is 1."""
import json
import pathlib
import re
import sys

TELLING = re.compile(r"^(not ok|matrix:|\[  ERROR|\[  FAILED|.*(Assertion|Error|ERROR: \w+Sanitizer)\b)")
MOST_LINES = 12  # of one test

passed = skipped = 0
failed = []
for folder in sys.argv[1:]:
    for line in (pathlib.Path(folder) / "meson-logs/testlog.json").read_text().splitlines():
        test = json.loads(line)
        if test["result"] == "SKIP":
            skipped += 1
        elif test["result"] in ("OK", "EXPECTEDFAIL"):
            passed += 1
        else:
            name = f"{test['name'].removeprefix('fkvm:')} ({folder}, {test['result'].lower()})"
            failed.append(name)
            said = (test.get("stdout", "") + "\n" + test.get("stderr", "")).splitlines()
            for telling in [text for text in said if TELLING.match(text)][-MOST_LINES:]:
                print(f"{name}: {telling[:300]}")
if failed:
    print("failed: " + "; ".join(failed))
print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
sys.exit(bool(failed))
