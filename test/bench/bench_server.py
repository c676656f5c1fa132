#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The figures of fk-server, each as a ratio or difference inside this run: rooms finished per second on process,
with and without --share-core, against embedded; the server's memory after 1,000 rooms against after 50; what a
notify costs from Lua to the connection's send queue over `fkvm run`.

usage: bench_server.py BUILD [FREEKILL_DIR] [--rounds N] [--games N] [--json]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
GAME = os.path.join(ROOT, "examples/cardgame/main.lua")


def json_of(command, **environment):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **environment})
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}{done.stdout[-500:]}")
    return json.loads(done.stdout[done.stdout.index("{"):])


KINDS = {"embedded": ["--backend", "embedded"], "process": ["--backend", "process"], "share-core": ["--backend", "process", "--share-core"]}


def self_play(build, game, kind, games, seats=8):
    """Rooms of computers, 20 at a time, for whom scripts do all that they do for people."""
    return json_of([build + "/examples/server/fk-server", *game, *KINDS[kind], "--port", "0", "--self-play", "20",
                    "--games", str(games), "--seats", str(seats), "--pace", "0", "--log-level", "error"])


def rooms_per_second(build, game, games, rounds, seats=8):
    rates = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind, list_ in rates.items():
            list_.append(self_play(build, game, kind, games, seats)["games_per_second"])

    def ratio(kind):
        return statistics.median(rate / e for rate, e in zip(rates[kind], rates["embedded"]))

    return {**{kind: statistics.median(list_) for kind, list_ in rates.items()},
            "ratio of process": ratio("process"), "ratio of share-core": ratio("share-core")}


def memory(build, games):
    end = self_play(build, [GAME], "process", games)
    return {"rooms": games, "after 50": end["rss_after_50"], "at the end": end["rss"], "growth": end["rss"] - end["rss_after_50"]}


def notify(build, rounds):
    runs = []
    for _ in range(rounds):
        plain = json_of([build + "/bindings/cli/fkvm", "run", GAME, "--players", "8", "--games", "100", "--backend", "embedded",
                         "--json", "--quiet"])
        room = json_of([build + "/test/bench/bench_wire", GAME, "100"])
        runs.append((plain["cpu_us_per_notify"], room["without"], room["with"]))
    plain, without, wire = (statistics.median(column) for column in zip(*runs))
    added = statistics.median(run[2] - run[0] for run in runs)
    return {"fkvm run": plain, "libfkroom": without, "fk-server": wire, "added": added}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("freekill", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--games", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    build = arguments.build
    figures = {"rooms/s, Tidefall": rooms_per_second(build, [GAME], 200, arguments.rounds)}
    if arguments.freekill:
        # Of three, for eight may play for a quarter of an hour before one wins.
        game = ["--freekill", arguments.freekill, "--longest", "2000"]
        figures["rooms/s, freekill-core"] = rooms_per_second(build, game, 40, arguments.rounds, seats=3)
    figures["server memory, bytes"] = memory(build, arguments.games)
    figures["us of CPU a notify"] = notify(build, arguments.rounds)
    if arguments.json:
        return print(json.dumps(figures))
    for title, row in figures.items():
        print(title + ": " + ", ".join(f"{name} {value:,.3f}" if isinstance(value, float) else f"{name} {value:,}"
                                       for name, value in row.items()))


if __name__ == "__main__":
    main()
