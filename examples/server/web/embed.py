#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes files of the page into a C++ source: embed.py OUTPUT FILE..."""
import pathlib
import sys

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def literal(data):
    """Octal: nothing in it means anything to a compiler."""
    octal = [f"\\{byte:03o}" for byte in data]
    return "\n".join('"' + "".join(octal[i:i + 24]) + '"' for i in range(0, len(octal), 24))


output, *files = sys.argv[1:]
lines = ["// Made by embed.py.", '#include "web_files.h"', "namespace server {", "const WebFile web_files[] = {"]
for path in map(pathlib.Path, files):
    data = path.read_bytes()
    lines += [f'{{"/{path.name}", "{TYPES[path.suffix]}",', f"{{{literal(data)}, {len(data)}}}}},"]
lines += ["};", f"const unsigned long web_files_count = {len(files)};", "} // namespace server", ""]
pathlib.Path(output).write_text("\n".join(lines))
