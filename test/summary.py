# SPDX-License-Identifier: MIT
"""Adds up what the test runs of some build folders came to: one line, "N passed, N failed, N skipped". Before it stands a
line with the names of those that failed, if any did; then the exit code is 1."""
import json
import pathlib
import sys

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
            failed.append(f"{test['name'].removeprefix('fkvm:')} ({folder}, {test['result'].lower()})")
if failed:
    print("failed: " + "; ".join(failed))
print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
sys.exit(bool(failed))
