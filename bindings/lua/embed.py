#!/usr/bin/env python3
"""Writes Lua files into a C++ header, as parts of the library and as modules of it:
embed.py OUTPUT PART,... MODULE,... FILE.lua...   (the files in the order of these names)"""
import pathlib
import sys

output, parts, modules, *files = sys.argv[1:]
parts, modules = parts.split(","), modules.split(",") if modules else []
assert len(parts) + len(modules) == len(files), (parts, modules, files)


def table(name, names, paths):
    yield f"inline const LuaSource {name}[] = {{"
    for part, path in zip(names, paths):
        data = pathlib.Path(path).read_bytes()
        octal = "".join(f"\\{byte:03o}" for byte in data)
        yield f'{{"{part}",'
        yield from (f'"{octal[i : i + 96]}"' for i in range(0, len(octal), 96))
        yield f", {len(data)}}},"
    yield "{nullptr, nullptr, 0}};"


lines = [
    "// Made by embed.py: the Lua part of the fk library.",
    "#pragma once",
    "#include <cstddef>",
    "namespace fkvm {",
    "struct LuaSource { const char *name, *text; size_t size; };",
    *table("lua_parts", parts, files),
    *table("lua_text_modules", modules, files[len(parts):]),
    "} // namespace fkvm",
    "",
]
pathlib.Path(output).write_text("\n".join(lines))
