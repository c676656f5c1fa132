#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm bench in its smallest form: every section with every row, and figures that were measured. No figure is judged.

usage: check.py FKVM BACKEND...
"""
import json
import subprocess
import sys

SECTIONS = ["game", "parallel", "call", "latency", "notify", "open", "memory", "pause", "close", "rounds", "updates", "endurance", "growth"]
MAY_BE_ZERO = {"start", "end", "template", "growth", "private", "pss", "rss", "private_room", "wire_bytes", "kept"}


def bench(fkvm, *options):
    command = [fkvm, "bench", "--quick", "--json", "--games", "2", "--vms", "1,2", "--rooms", "2", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def figures(section):
    return {(row["name"], key): value for row in section["rows"] for key, value in row.items()
            if key not in ("name", "target")}


def problems_of(name, section, backends):
    rows = section["rows"]
    for backend in backends:
        if not any(backend in (row["name"].split(", ") + [row["name"]]) for row in rows):
            yield f"{name}: no row for {backend}"
    for (row, key), value in figures(section).items():
        if value is None or key in MAY_BE_ZERO:
            continue
        if not value > 0:
            yield f"{name}, {row}: {key} is {value}"
    without_limit = {"ratio"} if name == "latency" and "process" not in backends else set()  # that of pipes
    for key in {key for row in rows for key in row} - {"name", "target"} - without_limit:
        if all(row[key] is None for row in rows) and key != "wire_bytes":
            yield f"{name}: nobody has measured {key}"
    for line, points in section["series"].items():
        if len(points) < 3 or min(points) < 0:
            yield f"{name}: the series '{line}' is {points}"


def main(fkvm, *backends):
    first = bench(fkvm)
    problems = [f"no section {name}" for name in SECTIONS if name not in first["sections"]]
    for name, section in first["sections"].items():
        problems += problems_of(name, section, backends)
    for backend in backends:
        if not any(backend in row["name"] and row["private"] > 0 for row in first["sections"]["memory"]["rows"]):
            problems.append(f"memory: a VM of {backend} takes none")
    again = bench(fkvm, "--sections", "call,notify")["sections"]
    for name, section in again.items():
        if figures(section) == figures(first["sections"][name]):
            problems.append(f"{name}: the same figures twice: constants?")
    print("\n".join(problems) or f"{sum(len(s['rows']) for s in first['sections'].values())} rows")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
