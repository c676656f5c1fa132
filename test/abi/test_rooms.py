#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each rule of house.py and rooms.py can fail: small trees that break one rule each, and rooms.py
must say so, and nothing of what is right."""
import json
import os
import tempfile
import unittest

import house
import rooms

# Enough of a house: rooms.py wants to see that it found something.
FULL = {
    "include/fk_vm.h": "",
    "lib/base/fd.h": "",
    "lib/base/many.cpp": '#include "fd.h"\n' * 200,
    "lib/wire/json.h": "",
    "lib/wire/value.h": '#include <fk_vm.h>\n#include "base/fd.h"\n',
    "lib/shim/vm.h": '#include "wire/value.h"\n',
    "backends/embedded/embedded.h": '#include "wire/value.h"\n',
    "backends/embedded/runtime.h": '#include "embedded.h"\n#include "runtime_lua.h"\n',
    "backends/embedded/meson.build": "custom_target('runtime_lua.h')\nfiles('runtime.h')\n",
    "backends/process/exit_codes.h": "",
    "backends/process/server/spawn.h": '#include "process/exit_codes.h"\n',
    "backends/process/child/vm.h": '#include "embedded/embedded.h"\n#include "wire/json.h"\n',
    "bindings/lua/fk.lua": '-- require "fk.freekill" in a comment is none\n',
    "bindings/lua/meson.build": "lua_modules = {}\n",
    "bindings/lua/json/json.h": "",
    "bindings/lua/json/meson.build": "lua_modules += {'fk.json': 'fk_open_json'}\n",
    "bindings/freekill/methods.lua": "".join(f'row("Room_m{i}", nil)\n' for i in range(20)),
    "bindings/freekill/module.lua":
        'require "fk.json"\nrequire "fk.methods"\ndofile "lua/game.lua"\n',
    "bindings/freekill/meson.build":
        "lua_text_modules += {'fk.freekill': files('module.lua'),\n"
        "  'fk.methods': files('methods.lua')}\n",
    "bindings/cpp/fk/vm.hpp": "#include <fk_vm.h>\n",
    "bindings/qt/fkqt.h": "#include <fk_vm.h>\n",
    "bindings/cjson/fk_cjson.h": "#include <fk_vm.h>\n",
    "bindings/room/room.h": "#include <fk/vm.hpp>\n",
    "bindings/cli/term.h": "",
    "examples/cardgame/main.lua": 'require "fk.freekill"\nrequire "cards"\n',
    "examples/cardgame/cards.lua": "",
    "examples/server/server.h": '#include "term.h"\n#include "fk/vm.hpp"\n',
    "examples/play/play.h": '#include "server.h"\n',
    "examples/play/meson.build": "include_directories: '../server'\n",
}


def found(more, check):
    """What a check says about the house with files added. A text goes behind what is there."""
    with tempfile.TemporaryDirectory() as root:
        for files in (FULL, more):
            for path, text in files.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "a") as file:
                    file.write(text)
        return list(check(rooms.Tree(root)))


def include(name):
    return f'#include "{name}"\n'


class Sources(unittest.TestCase):
    def test_a_right_house_is_right(self):
        for check in (rooms.check_uses, rooms.check_names, rooms.check_paths):
            self.assertEqual(found({}, check), [])

    def test_each_arrow(self):
        for user, name in [
            ("include/fk_vm.h", "base/fd.h"),
            ("lib/base/fd.h", "wire/value.h"), ("lib/base/fd.h", "shim/vm.h"),
            ("lib/wire/value.h", "shim/vm.h"), ("lib/wire/value.h", "embedded/embedded.h"),
            ("lib/shim/vm.h", "embedded/embedded.h"), ("lib/shim/vm.h", "process/exit_codes.h"),
            ("backends/embedded/runtime.h", "shim/vm.h"),
            ("backends/embedded/runtime.h", "wire/json.h"),
            ("backends/embedded/runtime.h", "process/exit_codes.h"),
            ("backends/embedded/runtime.h", "json/json.h"),
            ("backends/process/exit_codes.h", "base/fd.h"),
            ("backends/process/server/spawn.h", "process/child/vm.h"),
            ("backends/process/server/spawn.h", "embedded/embedded.h"),
            ("backends/process/server/spawn.h", "shim/vm.h"),
            ("backends/process/child/vm.h", "process/server/spawn.h"),
            ("backends/process/child/vm.h", "embedded/runtime.h"),
            ("backends/process/child/vm.h", "shim/vm.h"),
            ("bindings/lua/json/json.h", "base/fd.h"), ("bindings/lua/json/json.h", "fk/vm.hpp"),
            ("bindings/cpp/fk/vm.hpp", "wire/value.h"), ("bindings/qt/fkqt.h", "fk/vm.hpp"),
            ("bindings/cjson/fk_cjson.h", "fkqt.h"), ("bindings/room/room.h", "term.h"),
            ("bindings/cli/term.h", "room/room.h"), ("bindings/cli/term.h", "json/json.h"),
            ("bindings/room/room.h", "server/server.h"),
            ("examples/server/server.h", "play/play.h"),
            ("examples/server/server.h", "wire/json.h"), ("examples/backend/worker.c", "base/fd.h"),
        ]:
            with self.subTest(user=user, name=name):
                said = found({user: include(name)}, rooms.check_uses)
                self.assertEqual(len(said), 1, said)
                self.assertIn("may not use it", said[0])

    def test_an_include_that_climbs(self):
        for name in ("../exit_codes.h", "../../../lib/base/fd.h", "../nowhere.h"):
            said = found({"backends/process/server/spawn.h": include(name)}, rooms.check_uses)
            self.assertEqual(len(said), 1, said)
            self.assertIn("must not climb", said[0])

    def test_an_include_of_what_is_in_no_room(self):
        said = found({"lib/base/fd.h": include("support/leaks.h")}, rooms.check_uses)
        self.assertIn("there is no such file", said[0])

    def test_lua(self):
        for user, line, why in [
            ("bindings/lua/fk.lua", 'require "fk.freekill"', "may not use it"),
            ("bindings/lua/fk.lua", 'local m = require("fk.methods")', "may not use it"),
            ("bindings/lua/fk.lua", "local name = 'fk.freekill'", "may not use it"),
            ("bindings/lua/fk.lua", 'dofile "freekill/module.lua"', "may not use it"),
            ("bindings/lua/fk.lua", 'loadfile("freekill/module.lua")', "may not use it"),
            ("bindings/lua/fk.lua", 'dofile "../freekill/module.lua"', "must not climb"),
            ("bindings/freekill/module.lua", 'require "cards"', "may not use it"),
            ("examples/cardgame/main.lua", 'require "fk.nothing"', "there is no such file"),
            ("backends/embedded/library.cpp", 'open("fk.json");', "may not use it"),
        ]:
            with self.subTest(user=user, line=line):
                said = found({user: line + "\n"}, rooms.check_uses)
                self.assertTrue(said)
                self.assertIn(why, said[0])

    def test_names_of_freekill(self):
        for path in ("include/fk_vm.h", "lib/base/fd.h", "backends/embedded/runtime.h",
                     "bindings/lua/fk.lua", "bindings/cpp/fk/vm.hpp", "bindings/cjson/fk_cjson.h"):
            for name in ("FreeKill", "ServerPlayer", "Player", "Room", "InitScheduler", "Room_m7"):
                said = found({path: f"// a {name}.\n"}, rooms.check_names)
                self.assertEqual(len(said), 1, (path, name, said))
        self.assertEqual(found({"lib/base/fd.h": "// Room for more.\n"}, rooms.check_names), [])
        self.assertEqual(found({"bindings/room/room.h": "struct Room;\n"}, rooms.check_names), [])

    def test_paths_of_the_build(self):
        for path, text in [
            ("lib/base/meson.build", "files('../wire/value.h')\n"),
            ("backends/embedded/meson.build", "files('../../bindings/lua/fk.lua')\n"),
            ("backends/process/server/meson.build", "include_directories('../child')\n"),
            ("bindings/lua/meson.build", "files('../freekill/module.lua')\n"),
        ]:
            self.assertEqual(len(found({path: text}, rooms.check_paths)), 1, path)
        outside = {"test/support/x.c": "",
                   "lib/base/meson.build": "files('../../test/support/x.c')\n"}
        self.assertEqual(len(found(outside, rooms.check_paths)), 1)

    def test_an_empty_tree_is_noticed(self):
        with tempfile.TemporaryDirectory() as root:
            self.assertIn("lost its way", list(rooms.check_uses(rooms.Tree(root)))[0])


class Builds(unittest.TestCase):
    def targets(self, home, sources, parameters=()):
        with tempfile.TemporaryDirectory() as root:
            build = os.path.join(root, "build")
            os.makedirs(os.path.join(build, "meson-info"))
            group = {"sources": [os.path.join(root, source) for source in sources],
                     "parameters": list(parameters)}
            target = {"name": "t", "defined_in": os.path.join(root, home),
                      "target_sources": [group]}
            with open(os.path.join(build, "meson-info", "intro-targets.json"), "w") as file:
                json.dump([target], file)
            return list(rooms.check_targets(rooms.Tree(root), build))

    def test_what_is_compiled(self):
        self.assertEqual(self.targets("lib/base/meson.build", ["lib/base/fd.cpp"]), [])
        self.assertTrue(self.targets("lib/shim/meson.build", ["lib/base/fd.cpp"]))
        self.assertTrue(self.targets("examples/play/meson.build", ["bindings/cli/term.cpp"]))

    def test_what_is_carried(self):
        module = ["bindings/freekill/module.lua"]
        self.assertEqual(self.targets("backends/embedded/meson.build", module), [])
        self.assertTrue(self.targets("bindings/lua/meson.build", module))
        self.assertTrue(self.targets("backends/process/child/meson.build", ["bindings/lua/fk.lua"]))

    def test_where_headers_are_looked_for(self):
        self.assertEqual(self.targets("bindings/room/meson.build", [], ["-I../bindings/cpp"]), [])
        self.assertTrue(self.targets("bindings/room/meson.build", [], ["-I../bindings/cli"]))
        self.assertTrue(self.targets("bindings/cpp/meson.build", [], ["-I../lib/base"]))

    def test_what_is_linked(self):
        right = "".join(f"build lib/base/{i}.a: STATIC_LINKER lib/base/{i}.a.p/fd.cpp.o\n"
                        for i in range(5))
        self.assertEqual(list(rooms.check_links(right)), [])
        for output, used in [
            ("lib/shim/libfkvm.so", "backends/process/child/libfkvm_child.a"),
            ("backends/process/child/fkvm-host", "lib/shim/libfkvm.so.p/libfkvm.so.symbols"),
            ("backends/process/child/fkvm-host", "backends/process/server/libfkvm_process.a"),
            ("bindings/cli/fkvm", "bindings/room/libfkroom.so"),
            ("bindings/room/libfkroom.so", "examples/server/libfk_server_parts.a"),
            ("bindings/qt/libfkvm-qt.so", "lib/wire/libfkvm_wire.a"),
        ]:
            wrong = f"build {output}: cpp_LINKER {output}.p/a.o | {used} || x\n"
            self.assertEqual(len(list(rooms.check_links(right + wrong))), 1, (output, used))
        self.assertIn("lost its way", list(rooms.check_links(""))[0])


class Table(unittest.TestCase):
    def test_a_room_belongs_to_the_longest_name(self):
        self.assertEqual(house.room_of("backends/process/server/a.cpp"), "backends/process/server")
        self.assertEqual(house.room_of("backends/process/exit_codes.h"), "backends/process")
        self.assertEqual(house.room_of("bindings/lua/cbor/cbor.h"), "bindings/lua")

    def test_every_folder_is_a_room(self):
        """A new folder below backends or bindings needs its row in the table."""
        self.assertEqual(found({"bindings/new/a.h": include("base/fd.h")}, rooms.check_uses),
                         ["bindings/new/a.h uses lib/base/fd.h: bindings may not use it"])


if __name__ == "__main__":
    unittest.main()
