#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the pictures of README.md and docs/performance.md from what `fkvm bench --json` printed.

usage: pictures.py FOLDER FIGURES.json...    the last file that has a section counts
"""
import json
import math
import os
import sys

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 76, 200, 44, 48
COLOURS = ["#2a6fbb", "#d1602b", "#3a8f4d", "#8a4fa3", "#777777"]


def text(x, y, words, anchor="start", size=13, weight="normal", colour="#222"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
            f'fill="{colour}">{words}</text>')


def picture(title, parts, height=HEIGHT):
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'font-family="sans-serif" role="img">\n<title>{title}</title>\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n{text(16, 26, title, size=15, weight="bold")}\n{body}\n</svg>\n')


class Axis:
    """Maps values to pixels, straight or by logarithm, and knows where its marks are."""

    def __init__(self, values, low, high, logarithm):
        self.low, self.high, self.logarithm = low, high, logarithm
        if logarithm:
            self.start, self.end = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
            self.end += self.end == self.start
            self.marks = [10.0 ** power for power in range(self.start, self.end + 1)]
        else:
            step = 10.0 ** math.floor(math.log10(max(values) / 3))
            step *= next(factor for factor in (1, 2, 5, 10) if max(values) / (step * factor) <= 6)
            self.start, self.end = 0, step * math.ceil(max(values) / step)
            self.marks = [step * i for i in range(round(self.end / step) + 1)]

    def at(self, value):
        place = math.log10(value) if self.logarithm else value
        return self.low + (place - self.start) / (self.end - self.start) * (self.high - self.low)


def label(value, unit):
    if unit == "us":
        return f"{value:g} us" if value < 1e3 else f"{value / 1e3:g} ms"
    for limit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g} {name}{unit}".strip()
    return f"{value:g} {unit}".strip()


def lines(title, curves, x_title, x_unit, y_unit, logarithm=False):
    """curves: {name: [(x, y), ...]}"""
    points = [point for curve in curves.values() for point in curve]
    x = Axis([p[0] for p in points], LEFT, WIDTH - RIGHT, logarithm)
    y = Axis([p[1] for p in points], HEIGHT - BOTTOM, TOP, logarithm)
    parts = []
    for mark in y.marks:
        parts.append(f'<path d="M{LEFT} {y.at(mark):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, y.at(mark) + 4, label(mark, y_unit), "end", 12))
    for mark in x.marks:
        parts.append(text(x.at(mark), HEIGHT - BOTTOM + 18, label(mark, x_unit), "middle", 12))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_title, "middle", 12))
    ends = []
    for colour, (name, curve) in zip(COLOURS, curves.items()):
        path = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in curve)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        ends.append([y.at(curve[-1][1]) + 4, name, colour])
    ends.sort()
    for above, end in zip(ends, ends[1:]):
        end[0] = max(end[0], above[0] + 16)
    parts += [text(WIDTH - RIGHT + 8, at, name, "start", 12, colour=colour) for at, name, colour in ends]
    return picture(title, parts)


def bars(title, rows, mark, mark_name):
    """rows: [(name, value)], with a line at mark."""
    height = TOP + 34 * len(rows) + 30
    x = Axis([value for _, value in rows] + [mark], 190, WIDTH - 70, False)
    parts = []
    for i, (name, value) in enumerate(rows):
        at = TOP + 34 * i
        parts.append(text(182, at + 17, name, "end"))
        parts.append(f'<rect x="190" y="{at}" width="{x.at(value) - 190:.1f}" height="24" fill="{COLOURS[i % len(COLOURS)]}"/>')
        parts.append(text(x.at(value) + 6, at + 17, f"{value:.2f}"))
    bottom = TOP + 34 * len(rows)
    parts.append(f'<path d="M{x.at(mark):.1f} {TOP - 6}V{bottom}" stroke="#222" stroke-dasharray="4 3"/>')
    parts.append(text(x.at(mark), bottom + 16, mark_name, "middle", 12))
    return picture(title, parts, height)


def game(section):
    rows = [(row["name"], row["cpu_ratio"]) for row in section["rows"]]
    return bars("CPU time of a game, server and child together", rows, 1, "plain lua5.4")


def latency(section):
    curves = {}
    for row in section["rows"]:
        size, name = row["name"].split(" B, ")
        curves.setdefault(name, []).append((max(float(size.replace(",", "")), 1), row["p50_us"]))
    return lines("A message there and back, by its size (medians)", curves, "size", "B", "us", logarithm=True)


def memory_over(title, section, x_title):
    curves = {}
    for name, points in section["series"].items():
        step = math.ceil(len(points) / 250)
        curves[name] = list(enumerate(points))[::step]
    return lines(title, curves, x_title, "", "B")


def updates(section):
    """Two points an hour: the VMs of the next one have played, and those of the one before are closed."""
    curves = {name: [(i / 2, point) for i, point in enumerate(points)] for name, points in section["series"].items()}
    return lines("Memory of a server over a day with an update of packages each hour", curves, "hours", "", "B")


def main(folder, *figures):
    sections = {}
    for name in figures:
        with open(name, encoding="utf-8") as file:
            sections |= json.load(file)["sections"]
    drawn = {
        "game": game, "latency": latency,
        "rounds": lambda section: memory_over("RSS of the server while VMs come and go", section, "rounds"),
        "updates": updates,
        "endurance": lambda section: memory_over("Memory over the games of one VM", section, "games"),
    }
    os.makedirs(folder, exist_ok=True)
    for name, draw in drawn.items():
        if name in sections:
            with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as file:
                file.write(draw(sections[name]))


if __name__ == "__main__":
    main(*sys.argv[1:])
