# SPDX-License-Identifier: MIT
"""What a build installs, as names of targets for ninja: installed.py BUILD."""
import json
import os
import sys

build = os.path.abspath(sys.argv[1])
for target in json.load(open(os.path.join(build, "meson-info", "intro-targets.json"))):
    if target["installed"]:
        print(*(os.path.relpath(name, build) for name in target["filename"]))
