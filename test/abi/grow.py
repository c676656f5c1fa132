#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Headers of a later release: each struct that begins with its size has one field more at its end.

usage: grow.py HEADER_IN HEADER_OUT
"""
import re
import sys

text = open(sys.argv[1]).read()
structs = r"(typedef struct (fk_\w+) \{\s*size_t size;(?:(?!\n\}).)*)(\n\} \2;)"
grown, count = re.subn(structs, r"\1\n    uint64_t field_of_a_later_release;\3", text, flags=re.S)
expected = {"fk_vm.h": 4, "fk_backend.h": 3}.get(sys.argv[1].rsplit("/", 1)[-1], 0)
if count != expected:
    sys.exit(f"grow.py: {count} sized structs were found in {sys.argv[1]}, {expected} were expected")
open(sys.argv[2], "w").write(grown)
