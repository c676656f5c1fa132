#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prometheus itself takes what fk_metrics() writes, and the alert rules; rules and dashboard name metrics that there are.

usage: promtool.py CONTRACT_PROGRAM | promtool.py FOLDER_OF_RULES_AND_DASHBOARD
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "shim", "metrics_text.cpp")


def promtool(*arguments, text=None):
    done = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True)
    if done.returncode or done.stderr:
        sys.exit(f"promtool {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")


def check_metrics(program):
    with tempfile.TemporaryDirectory() as folder:
        plain, strict = (os.path.join(folder, name) for name in ("plain", "strict"))
        subprocess.run([program, "metrics"], check=True, env={**os.environ, "FK_METRICS_FILE": plain, "FK_OPEN_METRICS_FILE": strict},
                       stdout=subprocess.DEVNULL)
        with open(plain, encoding="utf-8") as file:
            text = file.read()
        assert "_bucket{" in text
        promtool("check", "metrics", text=text)
        with open(strict, encoding="utf-8") as file:
            lines = file.read().splitlines()
        with open(strict, "w", encoding="utf-8") as file:  # the one command that reads OpenMetrics wants to know when
            file.write("".join(line + ("\n" if line.startswith("#") else " 1700000000\n") for line in lines))
        promtool("tsdb", "create-blocks-from", "openmetrics", "--quiet", strict, os.path.join(folder, "blocks"))
        assert os.listdir(os.path.join(folder, "blocks"))


def check_names(folder):
    with open(SOURCES, encoding="utf-8") as file:
        known = set(re.findall(r'"(fkvm_\w+)"', file.read()))
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = file.read()
        if name.endswith(".json"):
            assert json.loads(text)["panels"], name
        used = set(re.findall(r"\bfkvm_\w+", text))
        assert used, f"{name} uses no metric"
        unknown = {metric for metric in used if re.sub(r"_(total|bucket|sum|count)$", "", metric) not in known}
        assert not unknown, f"{name}: fk_metrics() has no {', '.join(sorted(unknown))}"


def main():
    what = sys.argv[1]
    if os.path.isdir(what):
        check_names(what)
    if not shutil.which("promtool"):
        print("skipped: no promtool here (package prometheus)")
        sys.exit(77)
    if os.path.isdir(what):
        promtool("check", "rules", *(os.path.join(what, name) for name in sorted(os.listdir(what)) if name.endswith(".yml")))
    else:
        check_metrics(what)


main()
