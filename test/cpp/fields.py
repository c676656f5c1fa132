#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fk::Options has every field of fk_vm_options, and fk::Error every one of fk_error: a field that is added
to C alone fails here.

usage: fields.py SOURCE_DIR
"""
import pathlib
import re
import sys

# Fields that C++ has in another form, or needs no name for.
ELSEWHERE = {"fk_vm_options": {"size", "reserved", "methods", "user", "finalize"}, "fk_error": {"size"}}
NAMES = {"message": "what"} # of std::runtime_error


def fields_of(header, struct):
    body = re.search(r"typedef struct %s \{(.*?)\n\} %s;" % (struct, struct), header, re.S).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    body = re.sub(r"void \(\*(\w+)\)\([^)]*\);", r"void \1;", body)
    return {name for line in body.split(";") for name in re.findall(r"(\w+)\s*(?:,|$)", line.strip())}


def missing(header, options, error):
    for field in sorted(fields_of(header, "fk_vm_options") - ELSEWHERE["fk_vm_options"]):
        declared = re.search(r"struct Options \{(.*?)\n\};", options, re.S).group(1)
        if not re.search(r"\b%s\b" % field, declared):
            yield f"fk::Options lacks fk_vm_options.{field}"
        if not re.search(r"options\.%s = |%s" % (field, "output" if field == "output" else "options\\.%s = " % field),
                         options):
            yield f"fk::Options does not hand fk_vm_options.{field} on"
    for field in sorted(fields_of(header, "fk_error") - ELSEWHERE["fk_error"]):
        if field in NAMES:
            continue
        if not re.search(r"\b%s\(\) const noexcept" % field, error) or f"error.{field}" not in error:
            yield f"fk::Error lacks fk_error.{field}"


def main():
    root = pathlib.Path(sys.argv[1])
    header = (root / "include/fk_vm.h").read_text()
    options = (root / "bindings/cpp/fk/options.hpp").read_text()
    error = (root / "bindings/cpp/fk/error.hpp").read_text()
    grown = header.replace("} fk_vm_options;", "    uint32_t new_limit;\n} fk_vm_options;")
    grown = grown.replace("} fk_error;", "    int new_detail;\n} fk_error;")
    found = "\n".join(missing(grown, options, error))
    assert "new_limit" in found and "new_detail" in found, "the check cannot fail: " + found
    assert "call_timeout" in fields_of(header, "fk_vm_options") and "finalize" in fields_of(header, "fk_vm_options")
    wrong = list(missing(header, options, error))
    print("\n".join(wrong) or "fk::Options and fk::Error have all fields")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
