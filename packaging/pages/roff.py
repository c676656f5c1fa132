# SPDX-License-Identifier: MIT
"""Texts as roff, the language of manual pages."""
import re


def text(words):
    """Words that mean nothing to roff."""
    words = words.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha").replace("~", "\\(ti")
    return re.sub(r"(?m)^([.'])", r"\\&\1", words)


def heading(name, section, version):
    return f'.TH {name} {section} "" "fkvm {version}" ""\n'


def part(title):
    return f'.SH {text(title).upper()}\n'


def literal(words):
    """Lines as they stand."""
    return ".PP\n.nf\n" + text(words).replace("\n\n", "\n\\&\n") + "\n.fi\n"
