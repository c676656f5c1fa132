#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""freekill-core on fk-server: 20 rooms at a time with computer players, to the end. Needs FK_CORE_DIR, which holds
packages/freekill-core."""
import json
import os
import subprocess
import sys


def main():
    core = os.environ.get("FK_CORE_DIR")
    if not core:
        print("skipped: FK_CORE_DIR, the folder that holds packages/freekill-core, is not set")
        return 77
    done = subprocess.run([os.environ["FK_SERVER"], "--freekill", core, "--port", "0", "--self-play", "20", "--games", "20",
                           "--seats", "8", "--pace", "0", "--log-format", "json"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=280)
    log = [json.loads(line) for line in done.stderr.splitlines()]
    summary = json.loads(done.stdout.splitlines()[-1])
    print(summary)
    assert done.returncode == 0 and summary["over"] == 20, done.stderr[-3000:]
    # The computer players of freekill-core catch errors of their own and report them; nothing else may fail.
    bad = {record["text"] for record in log if record["level"] in ("warning", "error") and "text" in record}
    assert not any("VM" in text for text in bad), bad


if __name__ == "__main__":
    sys.exit(main())
