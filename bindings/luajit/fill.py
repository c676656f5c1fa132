#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: fill.py OUTPUT TEMPLATE CDEF"""
import pathlib
import sys

output, template, cdef = map(pathlib.Path, sys.argv[1:])
output.write_text(template.read_text().replace("@CDEF@", cdef.read_text().strip()))
