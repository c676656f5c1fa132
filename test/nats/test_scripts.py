#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Scripts that travel: what a VM elsewhere has of the server's folders."""
import pathlib
import tempfile

import cases
from cluster import Cluster
from driver import Driver, check, expect

MAIN = """
part = require "part"
function version() return part end
function read(path)
  local file = io.open(path)
  return file and file:read("a")
end
function write(path)
  local file, why = io.open(path, "w")
  return not file and why or "written"
end
function here() return fk.pwd and fk.pwd() or "" end
"""


def folder_of_scripts():
    folder = tempfile.TemporaryDirectory(prefix="fkvm-scripts-")
    path = pathlib.Path(folder.name)
    (path / "main.lua").write_text(MAIN)
    (path / "part.lua").write_text("return 1")
    (path / "data").mkdir()
    (path / "data/big.txt").write_text("x" * 3_000_000)
    (path / ".git").mkdir()
    (path / ".git/config").write_text("secret")
    return folder, path


def open_there(driver, vm, path, **options):
    return driver.open(vm, script=str(path / "main.lua"), directory=str(path), methods=[], **options)


def value(driver, vm, method, *params):
    return expect(driver.call(vm, method, *params)).value


def stored(cluster):
    """Contents that workers keep."""
    return len([file for file in cluster.folder.glob("scripts*/files/*/*") if file.is_file()])


def a_vm_has_a_copy(build):
    folder, path = folder_of_scripts()
    with folder, Cluster(build) as cluster:
        cluster.worker()
        driver = Driver(cluster)
        expect(open_there(driver, "a", path))
        check(value(driver, "a", "read", "data/big.txt") == "x" * 3_000_000, "the file came whole")
        check(value(driver, "a", "read", ".git/config") is None, "names that begin with a dot stay at home")
        check(value(driver, "a", "write", "new.txt") != "written", "nothing is written below trusted")
        check(str(path) not in value(driver, "a", "here"), "it is another folder")
        expect(driver.close("a"))


def an_update_is_one_file(build):
    folder, path = folder_of_scripts()
    with folder, Cluster(build) as cluster:
        cluster.worker()
        driver = Driver(cluster)
        expect(open_there(driver, "old", path))
        check(stored(cluster) == 3, "three contents came")
        (path / "part.lua").write_text("return 2")
        expect(open_there(driver, "new", path))
        check(value(driver, "new", "version") == 2, "the new one has the update")
        check(value(driver, "old", "version") == 1, "the old one keeps what it has")
        check(stored(cluster) == 4, "one content more came")
        (path / "part.lua").write_text("return 1")
        expect(open_there(driver, "back", path))
        check(value(driver, "back", "version") == 1, "and back")
        check(stored(cluster) == 4, "nothing came that was there")


def a_script_elsewhere_comes_too(build):
    folder, path = folder_of_scripts()
    with folder, tempfile.TemporaryDirectory() as other, Cluster(build) as cluster:
        (pathlib.Path(other) / "start.lua").write_text('function read(path) return io.open(path):read("a") end')
        cluster.worker()
        driver = Driver(cluster)
        expect(driver.open("a", script=other + "/start.lua", directory=str(path), methods=[]))
        check(value(driver, "a", "read", "part.lua") == "return 1", "the directory is the other one")


def links_that_lead_out_are_named(build):
    folder, path = folder_of_scripts()
    with folder, Cluster(build) as cluster:
        (path / "data/out").symlink_to("/etc")
        cluster.worker()
        answer = open_there(Driver(cluster), "a", path)
        expect(answer, "OPEN_FAILED")
        check("data/out" in answer.message and "/etc" in answer.message, answer)


def many_at_once_share_what_comes(build):
    folder, path = folder_of_scripts()
    with folder, Cluster(build) as cluster:
        cluster.worker()
        driver = Driver(cluster)
        for i in range(12):
            open_there(driver, f"vm{i}", path, wait=False)
        for i in range(12):
            expect(driver.answer(f"vm{i}"))
            check(value(driver, f"vm{i}", "version") == 1, i)
        check(stored(cluster) == 3, "each content came once")


CASES = [a_vm_has_a_copy, an_update_is_one_file, a_script_elsewhere_comes_too, links_that_lead_out_are_named,
         many_at_once_share_what_comes]
if __name__ == "__main__":
    cases.run(CASES)
