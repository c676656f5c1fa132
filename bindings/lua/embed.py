#!/usr/bin/env python3
"""Writes Lua files into a C++ header: embed.py OUTPUT FILE.lua..."""
import pathlib
import sys

output, *files = sys.argv[1:]
lines = [
    "// Made by embed.py: the Lua part of the fk library.",
    "#pragma once",
    "#include <cstddef>",
    "namespace fkvm {",
    "struct LuaSource { const char *name, *text; size_t size; };",
    "inline const LuaSource lua_sources[] = {",
]
for file in map(pathlib.Path, files):
    data = file.read_bytes()
    octal = "".join(f"\\{byte:03o}" for byte in data)
    chunks = [octal[i : i + 96] for i in range(0, len(octal), 96)]
    lines.append(f'{{"{file.stem}",')
    lines.extend(f'"{chunk}"' for chunk in chunks)
    lines.append(f", {len(data)}}},")
lines += ["{nullptr, nullptr, 0}};", "} // namespace fkvm", ""]
pathlib.Path(output).write_text("\n".join(lines))
