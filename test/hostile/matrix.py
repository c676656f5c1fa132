# SPDX-License-Identifier: MIT
"""Runs the hostile suite on every backend of the build and prints the matrix: row, item, backend, result.

usage: matrix.py ROWS OUTPUT PROGRAM BACKEND... [-- PROGRAM BACKEND...]

ROWS lists every item and where it applies. The run fails if an item that applies to a backend of this build
has no result there, if a result has no item in ROWS, if a result is a failure, or if what ROWS lists as
failing ("fails: why") does not. A program with a failure is run once more, since the machine may have been at fault;
what held only then is told as "holds: at the second run".
"""
import concurrent.futures
import re
import subprocess
import sys

WHERE = {
    "everywhere": ["embedded", "embedded-hook", "process", "lua5.4"],
    "embedded": ["embedded", "embedded-hook"],
    "signal": ["embedded"],
    "signal+child": ["embedded", "process", "lua5.4"],
    "child": ["process", "lua5.4"],
    "process": ["process"],
    "both": ["embedded", "process"],
    "faults": ["embedded-faults", "process-faults", "template-faults"],
    "misbehaving": ["command", "as-host"],
    "command": ["command"],
    "as-host": ["as-host"],
}
LINE = re.compile(r"^(not )?ok \d+ - ([ABC]\d+\.\S+)")


def read_rows(path):
    items, rows = {}, {}
    for line in open(path, encoding="utf-8"):
        line = line.rstrip()
        if not line or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name, text = line.split(None, 1)
            rows[name] = text
            continue
        item, _, why = line.strip().partition(" fails: ")
        name, where = item.split()
        items[name] = (WHERE[where], why)
    return rows, items


def run(program, backend):
    environment = {"CMOCKA_MESSAGE_OUTPUT": "TAP"}
    import os
    done = subprocess.run([program, backend], env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    results = {}
    for line in done.stdout.splitlines():
        if match := LINE.match(line):
            results[match[2]] = "fails" if match[1] else "holds"
    return backend, results, done


def run_twice(program, backend):
    backend, results, done = run(program, backend)
    runs = [done]
    if done.returncode:
        _, again, done = run(program, backend)
        runs.append(done)
        for name, result in again.items():
            if results.get(name) != "holds":
                results[name] = result + (": at the second run" if result == "holds" else "")
    return backend, results, runs


def main():
    rows_file, output, *rest = sys.argv[1:]
    rows, items = read_rows(rows_file)
    jobs, backends = [], []
    while rest:
        end = rest.index("--") if "--" in rest else len(rest)
        program, names = rest[0], rest[1:end]
        jobs += [(program, name) for name in names]
        backends += [name for name in names if name not in backends]
        rest = rest[end + 1:]
    found, problems = {}, []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for backend, results, runs in pool.map(lambda job: run_twice(*job), jobs):
            found.update({(name, backend): result for name, result in results.items()})
            for done in runs:
                if done.returncode:
                    print(f"== {backend}: exit status {done.returncode}\n{done.stdout[-20000:]}")
    lines, held = [], 0
    for name, (where, why) in items.items():
        for backend in where:
            if backend not in backends:
                continue
            result = found.pop((name, backend), "missing")
            holds = result.startswith("holds")
            held += holds
            row = name.split(".")[0]
            lines.append(f"{row:4} {name:28} {backend:14} {result}{': known: ' + why if why and not holds else ''}")
            if row not in rows:
                problems.append(f"{name}: no row {row}")
            if holds == bool(why):
                problems.append(f"{name} on {backend}: {result}" + (", but is listed as failing" if why else ""))
    problems += [f"{name} on {backend}: not listed in {rows_file}" for name, backend in found]
    lines.append(f"{len(items)} items of {len(rows)} rows; on {', '.join(backends)}: {held} of {len(lines)} hold")
    text = "\n".join(lines) + "\n"
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)
    print(text)
    for line in lines:
        if line.endswith("second run"):
            print("matrix: once it failed:", line)
    for problem in problems:
        print("matrix:", problem)
    return bool(problems)


sys.exit(main())
