#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm bench in its smallest form: every section with every row, and figures that were measured. No figure is judged.

usage: check.py FKVM BACKEND...
"""
import json
import subprocess
import sys

SECTIONS = ["game", "parallel", "call", "latency", "notify", "open", "memory", "pause", "close", "rounds", "updates", "endurance", "growth"]
MAY_BE_ZERO = {"start", "end", "template", "growth", "private", "pss", "rss", "private_room", "wire_bytes", "kept", "faults", "pss_all", "shared"}
ONLY_OF_CHILDREN = {"copy", "shared"}
MOMENTS = ["in the middle of a game", "idle in the middle", "after it", "idle after it"]


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
    without_limit = ONLY_OF_CHILDREN | ({"ratio"} if name == "latency" else set()) if "process" not in backends else set()  # of pipes
    for key in {key for row in rows for key in row} - {"name", "target"} - without_limit:
        if all(row[key] is None for row in rows) and key != "wire_bytes":
            yield f"{name}: nobody has measured {key}"
    for line, points in section["series"].items():
        if len(points) < 3 or min(points) < 0:
            yield f"{name}: the series '{line}' is {points}"


def problems_of_memory(section, backends):
    """Each moment of a VM's life, with one room and with twenty; a game costs memory and page faults."""
    rows = {row["name"]: row for row in section["rows"]}
    for backend in backends:
        wanted = [f"{backend}, at rest"] + [f"{backend}{rooms}, {when}" for rooms in ("", ", 20 rooms") for when in MOMENTS]
        missing = [name for name in wanted if name not in rows]
        if missing:
            yield f"memory: no rows {missing}"
            continue
        rest, halfway, played = (rows[f"{backend}, {when}"] for when in ("at rest", MOMENTS[0], MOMENTS[2]))
        if halfway["lua"] <= rest["lua"] and halfway["private"] <= rest["private"]:
            yield f"memory, {backend}: a game takes none"
        if not 0 < halfway["faults"] <= played["faults"]:
            yield f"memory, {backend}: {halfway['faults']} faults until halfway, {played['faults']} in all"
        if backend == "process" and not (0 < rest["copy"] < halfway["copy"] and halfway["shared"] < rest["shared"] < 1):
            yield f"memory, {backend}: a copy owns {rest['copy']} at rest and {halfway['copy']} in a game"
        if backend != "process" and (rest["copy"] is not None or rest["shared"] is not None):
            yield f"memory, {backend}: a copy of a template?"


def problems_of_files(section, backends):
    names = [row["name"] for row in section["rows"]]
    if "process" in backends and not {"process, 10 files", "process, 100 files"} <= set(names):
        yield f"open: no rows by files in {names}"


def main(fkvm, *backends):
    first = bench(fkvm)
    problems = [f"no section {name}" for name in SECTIONS if name not in first["sections"]]
    for name, section in first["sections"].items():
        problems += problems_of(name, section, backends)
    for backend in backends:
        if not any(backend in row["name"] and row["private"] > 0 for row in first["sections"]["memory"]["rows"]):
            problems.append(f"memory: a VM of {backend} takes none")
    problems += problems_of_memory(first["sections"]["memory"], backends)
    problems += problems_of_files(first["sections"]["open"], backends)
    large = bench(fkvm, "--sections", "memory", "--files", "30")
    if large["game"] != "generated, 30 files":
        problems.append(f"--files: the game is {large['game']}")
    lua = [next(row["lua"] for row in told["sections"]["memory"]["rows"] if "at rest" in row["name"]) for told in (first, large)]
    if lua[1] < lua[0] + 30 * 10_000:
        problems.append(f"--files: Lua holds {lua[1]} bytes, and {lua[0]} without")
    again = bench(fkvm, "--sections", "call,notify")["sections"]
    for name, section in again.items():
        if figures(section) == figures(first["sections"][name]):
            problems.append(f"{name}: the same figures twice: constants?")
    print("\n".join(problems) or f"{sum(len(s['rows']) for s in first['sections'].values())} rows")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
