#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs Node with bindings/node as a program that has installed it: `npm ci` puts what the package
needs into FOLDER, the package itself and FILES are copied beside. Without Node, npm or a registry
the test is skipped.

usage: run.py SOURCE_ROOT FOLDER test|types|example|node FILE... [-- ARGUMENT...]
    test     runs FILES that end with .test.mjs by node --test
    types    checks FILES by tsc
    example  runs the programs of the first file, docs/node.md, that ARGUMENTs name, and compares
             what they print
    node     runs the first file
"""
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
OLDEST = 18
OFFLINE = r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH"


def skip(why):
    print("skipped:", why)
    sys.exit(SKIPPED)


def find_tools():
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node:
        skip("there is no node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.match(r"v(\d+)", version)[1]) < OLDEST:
        skip(f"node is {version.strip()}, bindings/node needs {OLDEST}")
    if not npm:
        skip("there is no npm, which gets koffi")
    return node, npm


def copy(source, target):
    """Other tests may read the target meanwhile."""
    data = source.read_bytes()
    if target.exists() and target.read_bytes() == data:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".new")
    new.write_bytes(data)
    os.replace(new, target)


def install(npm, package, folder):
    """npm ci, once for each package-lock.json."""
    lock = (package / "package-lock.json").read_bytes()
    stamp = folder / "installed"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    for name in ("package.json", "package-lock.json"):
        copy(package / name, folder / name)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1",
         "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"],
        cwd=folder, capture_output=True, text=True)
    if done.returncode and re.search(OFFLINE, done.stderr):
        skip("npm cannot reach its registry")
    if done.returncode:
        sys.exit(f"npm ci failed:\n{done.stdout}{done.stderr}")
    stamp.write_text(wanted)


def prepare(npm, root, folder, files):
    package = root / "bindings/node"
    programs = folder / "programs"  # not in the package's own folder, where 'fkvm' would be itself
    programs.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(npm, package, folder)
        for source in package.rglob("*"):
            if source.is_file() and source.name != "meson.build":
                copy(source, folder / "node_modules/fkvm" / source.relative_to(package))
        for file in files:
            copy(file, programs / file.name)
        (programs / "package.json").write_text('{ "type": "module" }\n')
    return programs


def run_example(node, page, programs, names):
    text = page.read_text()
    blocks = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.M | re.S))
    folder = programs / f"example-{os.environ.get('FK_VM_BACKEND', 'default')}"
    folder.mkdir(exist_ok=True)
    for name, block in blocks.items():
        (folder / name).write_text(block)
    for name in names:
        program, wanted = name + ".mjs", blocks[name + ".txt"]
        done = subprocess.run([node, program], cwd=folder, capture_output=True, text=True)
        if done.returncode or done.stdout != wanted:
            sys.exit(f"{program} ended with {done.returncode} and said\n{done.stdout}{done.stderr}"
                     f"expected\n{wanted}")
    return check_copies(page, blocks)


def check_copies(page, blocks):
    """examples/node has the same files."""
    folder = page.parent.parent / "examples/node"
    for file in sorted(folder.iterdir()):
        if file.name not in blocks:
            continue
        code = re.sub(r"^(//|--) (SPDX-|What docs/).*\n", "", file.read_text(), flags=re.M)
        if code != blocks[file.name]:
            sys.exit(f"{file} is not as the block of {page} of that name")


def main(root, folder, kind, *rest):
    node, npm = find_tools()
    end = rest.index("--") if "--" in rest else len(rest)
    files, arguments = [pathlib.Path(name) for name in rest[:end]], rest[end + 1:]
    programs = prepare(npm, pathlib.Path(root), pathlib.Path(folder).resolve(), files)
    names = [file.name for file in files]
    if kind == "example":
        return run_example(node, files[0], programs, arguments)
    if kind == "types":
        command = [node, "../node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]
    elif kind == "test":
        command = [node, "--test", *(name for name in names if name.endswith(".test.mjs"))]
    else:
        command = [node, names[0], *arguments]
    return subprocess.run(command, cwd=programs).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
