#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles what the embedded backend needs as a system without Linux would: the compiler does not
say that this is Linux, headers of Linux alone are errors, and no object asks for a function of
Linux alone. Files that say which systems they are for are left out.

usage: hidden.py SOURCE_ROOT BUILD_ROOT C++_COMPILER...
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HEADERS = ("sys/epoll.h sys/eventfd.h sys/signalfd.h sys/timerfd.h sys/inotify.h sys/prctl.h sys/pidfd.h sys/auxv.h "
           "sys/vfs.h sys/sendfile.h sys/capability.h sys/fsuid.h sys/personality.h sys/sysinfo.h malloc.h link.h "
           "linux/futex.h linux/landlock.h linux/seccomp.h linux/magic.h linux/fs.h linux/sched.h").split()
FUNCTIONS = set("""accept4 eventfd epoll_create1 epoll_ctl epoll_wait fstatfs getauxval gettid inotify_init1 malloc_trim
    memfd_create mremap pidfd_open pidfd_send_signal pipe2 prctl prlimit pthread_getattr_np pthread_setname_np
    secure_getenv sched_getaffinity signalfd sigtimedwait syscall timerfd_create unshare execvpe ppoll""".split())
ROOMS = ("lib/", "backends/embedded/", "bindings/lua/", "bindings/freekill/")
SAY_SO = ("lib/base/descriptors.cpp",  # SOCK_SEQPACKET; built on Linux alone
          "backends/embedded/signals.cpp")  # its first lines name the systems


def commands(build, root):
    """source: its arguments, of what goes into the library."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = os.path.relpath(os.path.join(entry["directory"], entry["file"]), root)
        if source.startswith(ROOMS) and source.endswith(".cpp") and source not in SAY_SO:
            found.setdefault(source, shlex.split(entry["command"]))
    return found


def compile_one(task):
    source, arguments, compiler, build, stubs, place = task
    kept = [a for a in arguments if re.match(r"-[IDf]|-std=|-isystem", a) and not a.startswith("-flto")]
    made = os.path.join(place, source.replace("/", "_") + ".o")
    command = [*compiler, "-U__linux__", "-U__linux", "-Ulinux", "-U__gnu_linux__", "-isystem", stubs, *kept,
               "-O0", "-w", "-c", os.path.join(build, os.path.relpath(source, build)), "-o", made]
    outcome = subprocess.run(command, cwd=build, capture_output=True, text=True)
    if outcome.returncode:
        return f"{source} does not compile:\n{outcome.stderr[:2000]}"
    names = subprocess.run(["nm", "-u", made], capture_output=True, text=True, check=True).stdout
    asked = {line.split()[-1] for line in names.splitlines() if line.strip()} & FUNCTIONS
    return f"{source} calls {', '.join(sorted(asked))}, of Linux alone" if asked else None


def main():
    root, build, compiler = (pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:])
    sources = commands(build, root)
    if len(sources) < 60:
        return f"only {len(sources)} sources were found: the check has lost its way"
    with tempfile.TemporaryDirectory() as place:
        stubs = os.path.join(place, "stubs")
        for header in HEADERS:
            path = pathlib.Path(stubs, header)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"#error {header} is of Linux alone\n")
        tasks = [(str(root / s), a, compiler, str(build), stubs, place) for s, a in sources.items()]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            problems = [p for p in pool.map(compile_one, tasks) if p]
    return "\n".join(problems) or None


sys.exit(main())
