#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What documents and sources of the tree point to is there: links from a document to a file or a
heading, pages of docs/ that a source names, sources that a document or a shell script names. The
decisions stand in their index, each under its own title.

usage: links.py SOURCE_DIR
"""
import os
import pathlib
import re
import sys

SOURCES = (".h", ".hpp", ".c", ".cpp", ".in", ".lua", ".py", ".sh", "meson.build", ".md")


def without_samples(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def anchors(path):
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in headings}


def files(root, endings):
    for folder, names, found in os.walk(root):
        names[:] = [name for name in names if not name.startswith((".", "build"))]
        yield from (pathlib.Path(folder, name) for name in found if name.endswith(endings))


def broken_links(root):
    seen = 0
    for document in files(root, ".md"):
        text = without_samples(document.read_text(encoding="utf-8"))
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            seen += 1
            path, _, anchor = link.partition("#")
            target = document.parent / path if path else document
            if not target.exists():
                yield f"{document}: {link} does not exist"
            elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                yield f"{document}: {link}: no such heading"
    if seen < 20:
        yield f"only {seen} links were found: the check has lost its way"


def broken_mentions(root):
    """docs/NAME.md in a source, lib/shim/NAME.cpp in a document or a shell script."""
    page = re.compile(r"(?<![\w/.])docs/[\w/-]+\.md")
    source = re.compile(r"(?<![\w/.}])(?:include|lib|backends|bindings|examples|test)/[\w/.-]+"
                        r"\.(?:c|cpp|h|hpp|lua|py|sh|md)\b")
    for path in files(root, SOURCES):
        text = path.read_text(errors="replace")
        names = page.findall(text)
        if path.suffix in (".md", ".sh"):
            names += source.findall(text)
        for name in names:
            if "NAME" not in name and not (root / name).exists():
                yield f"{path}: {name} does not exist"


def broken_map(root):
    """A file that docs/architecture.md names is there: `seccomp.cpp` is the end of a path."""
    page = root / "docs/architecture.md"
    text = page.read_text()
    known = [f"/{path.relative_to(root)}" for path in files(root, SOURCES)]
    names = re.findall(r"`([\w/.-]+\.(?:cpp|c|h|hpp|lua|py|sh|build))`", text)
    names += re.findall(r"\b[\w]+(?:/[\w]+)*/[\w]+\.(?:cpp|h|lua)\b", text)
    for name in names:
        if not any(path.endswith("/" + name) for path in known):
            yield f"{page}: there is no {name}"
    if len(names) < 10:
        yield f"only {len(names)} files were found in {page}: the check has lost its way"


def broken_index(root):
    folder = root / "docs/decisions"
    index = (folder / "README.md").read_text()
    pages = sorted(folder.glob("[0-9]*.md"))
    for number, page in enumerate(pages, 1):
        title = page.read_text().partition("\n")[0].removeprefix(f"# {number}. ")
        if not page.name.startswith(f"{number:04}-") or title.startswith("#"):
            yield f"{page}: decision {number} is a {number:04}-TITLE.md with '# {number}. ' on top"
        elif f"| {number} | [{title}]({page.name}) |" not in index:
            yield f"{folder}/README.md: no row | {number} | [{title}]({page.name}) |"
    if len(pages) < 40:
        yield f"only {len(pages)} decisions were found: the check has lost its way"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    checks = broken_links, broken_mentions, broken_map, broken_index
    found = [line for check in checks for line in check(root)]
    print("\n".join(found) or "every link leads somewhere")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
