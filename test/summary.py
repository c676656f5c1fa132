# SPDX-License-Identifier: MIT
"""Adds up what the test runs of some build folders came to: one line, "N passed, N failed, N skipped"."""
import json
import pathlib
import sys

passed = failed = skipped = 0
for folder in sys.argv[1:]:
    for line in (pathlib.Path(folder) / "meson-logs/testlog.json").read_text().splitlines():
        result = json.loads(line)["result"]
        if result == "SKIP":
            skipped += 1
        elif result in ("OK", "EXPECTEDFAIL"):
            passed += 1
        else:
            failed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
