#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What one room's fault costs the others, with one VM for all rooms and with a VM for each: rooms lost, the slowest
step of rooms without a fault, and what VMs hold in the middle of a game. On the process backend, one thread.

usage: faults.py BUILD [--freekill DIR] [--rooms N] [--call-time MS] [--svg FILE] [--json FILE]

A step is a request to each room, twice a second, until the room's message is there. Faults: an endless loop, a memory
bomb, endless output, a child that is killed; alone, and all four at once. Needs a release build and an idle machine.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from pictures import COLOURS, WIDTH, picture, text

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
FAULTS = {"loop": "endless loop", "memory": "memory bomb", "output": "flood of output", "kill": "child killed",
          "loop,memory,output,kill": "all four"}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def run(arguments, script, each, faults):
    game = ["freekill"] if arguments.freekill else ["tidefall"]
    directory = arguments.freekill or os.path.join(ROOT, "examples/cardgame")
    command = [os.path.join(arguments.build, "test/bench/bench_faults"), script, os.path.abspath(directory),
               str(arguments.rooms), str(each), str(arguments.call_time), faults, *game]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"bench_faults ended with {done.returncode}: {' '.join(command)}")
    return json.loads(done.stdout)


def measure(arguments):
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "main.lua")
        with open(script, "w", encoding="utf-8") as file:
            file.write(read("bindings/freekill/freekill.lua") if arguments.freekill else 'dofile "main.lua"\n')
            file.write(read("test/bench/faults.lua"))
        rows = []
        for faults, name in FAULTS.items():
            row = {"fault": name, "before": run(arguments, script, 0, faults), "after": run(arguments, script, 1, faults)}
            rows.append(row)
            print(line(row), flush=True)
    return rows


def others_of(run_):
    return run_["rooms"] - len([one for one in run_["told"] if one["fault"]])


def late(run_):
    """ms; None: no other room is left."""
    return run_["faulty"]["slowest_ms"] if run_["lost"] < run_["rooms"] else None


def shown(milliseconds):
    return "all lost" if milliseconds is None else f"{milliseconds:,.1f} ms"


def line(row):
    before, after = row["before"], row["after"]
    return (f"{row['fault']:16} one VM: {before['lost']:3} rooms lost, slowest step {shown(late(before)):>12}   "
            f"a VM each: {after['lost']:3} lost, slowest step {shown(late(after)):>9}, without faults "
            f"{shown(after['calm']['slowest_ms'])}")


def summary(rows):
    last = rows[-1]["after"]
    held = last["held"]
    words = [f"{last['rooms']} rooms, one VM each: the slowest step of the {others_of(last)} others was "
             f"{last['faulty']['slowest_ms'] - last['calm']['slowest_ms']:+.1f} ms against the time without faults.",
             f"Told why: {len(last['told'])} rooms."]
    words += [f"  {one['fault']:7} {one['reason']}" for one in last["told"]]
    words.append(f"Memory of their own in the middle of a game: {held['median'] / 1e6:.1f} MB a VM (median), at most "
                 f"{held['most'] / 1e6:.1f} MB, {held['sum'] / 1e6:,.0f} MB in all; one VM for all: "
                 f"{rows[0]['before']['held']['sum'] / 1e6:,.0f} MB.")
    return "\n".join(words)


def bars(rows, y, title, value, words):
    """Two bars for each fault: before, after."""
    left, right = 170, 60
    most = max(value(row[when]) for row in rows for when in ("before", "after")) or 1
    parts = [text(16, y, title, size=13, weight="bold")]
    for row in rows:
        y += 14
        for when, colour in (("before", COLOURS[1]), ("after", COLOURS[0])):
            y += 15
            width = max(value(row[when]) / most * (WIDTH - left - right - 90), 1)
            if when == "before":
                parts.append(text(left - 10, y + 12, row["fault"], "end", 12))
            parts.append(f'<rect x="{left}" y="{y - 8}" width="{width:.1f}" height="12" fill="{colour}"/>')
            parts.append(text(left + width + 6, y + 2, words(row[when]), size=11))
    return parts, y + 40


def draw(rows):
    last = rows[-1]["after"]
    first, y = bars(rows, 84, "Rooms lost", lambda run_: run_["lost"], lambda run_: str(run_["lost"]))
    second, y = bars(rows, y, "The slowest step of a room without a fault", lambda run_: late(run_) or 0,
                     lambda run_: shown(late(run_)))
    held = last["held"]
    key = [f'<rect x="16" y="44" width="12" height="12" fill="{COLOURS[1]}"/>', text(34, 55, "one VM for all rooms", size=12),
           f'<rect x="200" y="44" width="12" height="12" fill="{COLOURS[0]}"/>',
           text(218, 55, f"a VM for each room: {held['median'] / 1e6:.1f} MB of its own (median)", size=12)]
    return picture(f"{last['rooms']} rooms on one thread, and a fault in one of them", key + first + second, y - 20)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--freekill", help="a folder with packages/freekill-core, in the place of Tidefall")
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--call-time", type=int, default=5000, help="ms of one call")
    parser.add_argument("--svg", help="draws before and after")
    parser.add_argument("--json", help="writes the figures")
    arguments = parser.parse_args()
    rows = measure(arguments)
    print(summary(rows))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
    if arguments.svg:
        with open(arguments.svg, "w", encoding="utf-8") as file:
            file.write(draw(rows))


if __name__ == "__main__":
    main()
