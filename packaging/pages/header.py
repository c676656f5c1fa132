#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual page of fk_vm.h, from the header: its comments are the contract.

usage: header.py HEADER VERSION OUTPUT
"""
import os
import re
import sys

import program
import roff

FUNCTION = re.compile(r"^FK_API\b[^;]*;", re.M)


def for_c(text):
    """What a C compiler sees of it, without the guards."""
    text = re.sub(r"^#ifdef __cplusplus\n(?:.*\n)*?(?:#else\n((?:.*\n)*?))?#endif\n", r"\1", text, flags=re.M)
    return text.partition('#include "fk_value.h"\n')[2].rpartition("_Static_assert")[0]


def words(comment):
    """The text of a comment, line by line."""
    lines = comment.strip().removeprefix("/*").removesuffix("*/").splitlines()
    return "\n".join(re.sub(r"^ ?\*? ?", "", line).rstrip() for line in lines).strip("\n")


def parts(text):
    """(title, None), or (comment, code)."""
    for block in re.split(r"\n\s*\n", text.strip()):
        if title := re.fullmatch(r"/\* -+ (.*?) -+ \*/", block.strip()):
            yield title[1], None
        else:
            comment, code = re.fullmatch(r"\s*(/\*(?:.|\n)*?\*/(?=\n|$))?((?:.|\n)*)", block).groups()
            yield words(comment or ""), code.strip("\n")


def page(header, version, name):
    top, _, _ = header.partition("#ifndef")
    top = words(re.findall(r"/\*(?:.|\n)*?\*/", top)[-1])
    title, _, rest = top.partition("\n\n")
    about = " ".join(title.partition(" - ")[2].split()).rstrip(".")
    yield roff.heading(name, 3, version)
    yield roff.part("Name") + roff.text(name) + r" \- " + roff.text(about) + "\n"
    functions = [" ".join(function.split()) for function in FUNCTION.findall(for_c(header))]
    yield roff.part("Synopsis") + roff.literal("\n".join([f"#include <{name}>", "", *functions]).replace("FK_API ", ""))
    yield roff.part("Description") + roff.literal(rest)
    for comment, code in parts(for_c(header)):
        if code is None:
            yield roff.part(comment)
            continue
        yield roff.literal(code.replace("FK_API ", "")) if code else ""
        yield ".PP\n" + roff.text(comment) + "\n" if comment else ""
    others = [other for other in program.PAGES if other[0] != name]
    yield roff.part("See also") + ", ".join(rf"\fB{roff.text(other)}\fR({section})" for other, section in others) + "\n"


def main():
    path, version, output = sys.argv[1:]
    with open(path, encoding="utf-8") as file, open(output, "w", encoding="utf-8") as made:
        made.write("".join(page(file.read(), version, os.path.basename(path))))


if __name__ == "__main__":
    main()
