#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every link from one document of the tree to another file, or to a heading, leads somewhere.

usage: links.py SOURCE_DIR
"""
import os
import re
import sys


def anchors(path):
    headings = re.findall(r"^#+ (.*)$", open(path, encoding="utf-8").read(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def documents(root):
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not name.startswith((".", "build"))]
        yield from (os.path.join(folder, file) for file in files if file.endswith(".md"))


def broken(root):
    seen = 0
    for document in documents(root):
        text = re.sub(r"^```.*?^```$", "", open(document, encoding="utf-8").read(), flags=re.M | re.S)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            seen += 1
            path, _, anchor = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(document), path)) if path else document
            if not os.path.exists(target):
                yield f"{document}: {link} does not exist"
            elif anchor and target.endswith(".md") and anchor not in anchors(target):
                yield f"{document}: {link}: no such heading"
    if seen < 20:
        yield f"only {seen} links were found: the check has lost its way"


if __name__ == "__main__":
    found = list(broken(os.path.abspath(sys.argv[1])))
    print("\n".join(found) or "every link leads somewhere")
    sys.exit(bool(found))
