#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""freekill-core on fk-server, its scripts unchanged: 20 rooms at a time with computer players, to the end. Skipped without
FK_CORE_DIR, the folder that holds packages/freekill-core.

usage: test_freekill.py [SEATS] [GAMES]

Eight computers may play for a quarter of an hour before one wins, so a game that takes more than LONGEST steps is closed;
of those with three few come near.
"""
import json
import os
import subprocess
import sys

LONGEST = 2000


def play(core, seats, games):
    done = subprocess.run([os.environ["FK_SERVER"], "--freekill", core, "--port", "0", "--self-play", "20", "--games", games,
                           "--seats", seats, "--pace", "0", "--longest", str(LONGEST), "--log-format", "json"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=280)
    log = [json.loads(line) for line in done.stderr.splitlines()]
    return done.returncode, json.loads(done.stdout.splitlines()[-1]), log


def problems(code, summary, log, games):
    began = {record["room"] for record in log if record["event"] == "room_began"}
    ended = {record["room"] for record in log if record["event"] == "room_ended"}
    if code != 0 or summary["games"] != games or summary["over"] + summary["closed"] != games:
        yield f"exit code {code}, {summary}"
    if summary["over"] < games * 0.9:
        yield f"only {summary['over']} of {games} games came to their end"
    if len(began) != games or began != ended:
        yield f"{len(began)} rooms began, {len(ended)} ended"
    # Its computer players catch errors of their own and report them; nothing else may fail.
    for record in log:
        text = record.get("text", "")
        if any(word in text for word in ("the VM is gone", "the notification", "host method", "save data")):
            yield text


def main(seats="3", games="20"):
    core = os.environ.get("FK_CORE_DIR")
    if not core:
        print("skipped: FK_CORE_DIR, the folder that holds packages/freekill-core, is not set")
        return 77
    code, summary, log = play(core, seats, games)
    print(json.dumps(summary))
    found = list(problems(code, summary, log, int(games)))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
