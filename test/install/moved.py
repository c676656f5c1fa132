# SPDX-License-Identifier: MIT
"""The build, installed and then moved to another place, where it must work as it did."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "abi"))
import installed  # noqa: E402 - beside this folder


class Moved:
    """prefix: where the files are now. Nothing of the environment helps to find them."""

    def __init__(self, build, name):
        tree = installed.Tree(build)
        tree.make()
        self.tree = tree
        self.prefix = os.path.join(tree.build, "test", "install", name, "elsewhere")
        shutil.rmtree(os.path.dirname(self.prefix), ignore_errors=True)
        shutil.copytree(os.path.join(tree.root, tree.prefix.lstrip("/")), self.prefix, symlinks=True, copy_function=os.link)
        self.lib = os.path.join(self.prefix, os.path.relpath(tree.lib, os.path.join(tree.root, tree.prefix.lstrip("/"))))
        self.environment = {name: value for name, value in os.environ.items()
                            if name not in ("LD_LIBRARY_PATH", "FK_VM_HOST", "FK_VM_BACKEND", "FK_VM_COMMAND", "DESTDIR")}

    def path(self, *parts):
        return os.path.join(self.prefix, *parts)

    def names(self):
        """Every installed file, relative to the prefix."""
        return {os.path.relpath(os.path.join(folder, name), self.prefix)
                for folder, _, names in os.walk(self.prefix) for name in names}

    def targets(self):
        return {target["name"] for target in self.tree.info("targets")}

    def run(self, *command, **more):
        done = subprocess.run(command, text=True, capture_output=True, env={**self.environment, **more})
        if done.returncode:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout
