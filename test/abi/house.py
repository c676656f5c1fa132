# SPDX-License-Identifier: MIT
"""The rules of the house (docs/architecture.md) as tables: which room may use which, link which,
and carry whose scripts. rooms.py checks the tree against them; there are no exceptions."""

C = (".c", ".cpp", ".h", ".hpp", ".in")
TOP = ("include", "lib", "backends", "bindings", "examples")

# A room, and what its files may use besides their own room and include: other rooms, or single
# files of one. A folder that is not listed belongs to the room above it. "x/*" is each room below x.
MAY_USE = {
    "include": [],
    "lib/base": [],
    "lib/lua": [],  # Lua's own sources, from elsewhere, if they go inside libfkvm
    "lib/wire": ["lib/base"],
    "lib/monitor": ["lib/base", "lib/wire"],
    "lib/shim": ["lib/base", "lib/wire", "lib/monitor"],
    "lib/foreign": ["lib/base", "lib/wire", "lib/shim"],
    "backends/embedded": ["lib/base", "lib/wire/value.h"],  # no JSON, no peer
    "backends/process": [],  # headers that both ends share
    "backends/process/server": ["lib/base", "lib/wire", "backends/process"],
    "backends/process/child": ["lib/base", "lib/wire", "backends/process",
                               "backends/embedded/embedded.h"],
    "backends/nats": ["lib/base", "lib/wire"],
    "backends/nats/scripts": ["lib/base"],
    "backends/nats/server": ["lib/base", "lib/wire", "backends/nats", "backends/nats/scripts",
                             "backends/process", "backends/process/server"],
    "backends/nats/worker": ["lib/base", "lib/wire", "lib/monitor", "backends/nats", "backends/nats/scripts",
                             "backends/process", "backends/process/server"],
    "bindings/lua": [],
    "bindings/freekill": ["bindings/lua", "bindings/cpp"],
    "bindings/cpp": [],
    "bindings/qt": ["bindings/cpp/fk/each.hpp", "bindings/cpp/fk/scalars.hpp"],
    "bindings/cjson": [],
    "bindings/luajit": ["lib/foreign/cdef.py"],
    "bindings/node": [],
    "bindings/python": [],
    "bindings/room": ["bindings/cpp", "bindings/freekill"],
    "bindings/cli": ["bindings/cpp", "bindings/freekill"],
    "examples/backend": [],
    "examples/go": [],
    "examples/rust": [],
    "examples/loop": ["bindings/cpp"],
    "examples/cardgame": ["bindings/lua", "bindings/freekill"],
    "examples/node": ["bindings/node", "bindings/lua"],
    "examples/server": ["bindings/*"],
    "examples/python": ["bindings/python"],
    "examples/play": ["bindings/*", "examples/server"],
}

# What a program or library of a room is linked from, besides what the room may use. libfkvm is made
# in lib/shim, of the backends that the build lists; a child's programs are made without libfkvm.
MAY_LINK = {
    "lib/shim": ["lib/foreign", "lib/lua", "backends/embedded", "backends/process/server",
                 "bindings/lua", "bindings/freekill"],
    "backends/process/child": ["backends/embedded", "bindings/lua", "bindings/freekill",
                                "lib/lua"],
    "bindings/*": ["lib/shim"],
    "examples/*": ["lib/shim"],
}

# Whose Lua files a room's targets may carry as text, or copy beside themselves.
MAY_CARRY = {
    "backends/embedded": ["bindings/lua", "bindings/freekill"],
    "bindings/cli": ["bindings/freekill"],
}

# FreeKill is a guest of these. Others name neither it, nor its objects, nor its host methods.
# ("Room for" and "Room that" are plain English.)
KNOW_FREEKILL = ("bindings/freekill", "bindings/room", "bindings/cli", "examples/*")
NAMES_OF_FREEKILL = (r"\b(FreeKill|ServerPlayer|RoomThread|Player|InitScheduler"
                     r"|Room(?! for | that ))\b")


def room_of(path):
    """backends/process/child for backends/process/child/vm.cpp."""
    folder = path
    while folder and folder not in MAY_USE:
        folder = folder.rpartition("/")[0]
    return folder or path.split("/")[0]


def fits(pattern, room):
    return room.startswith(pattern[:-1]) if pattern.endswith("/*") else room == pattern


def listed(table, user, used):
    """Whether the table gives the room `user` the room or file `used`."""
    return any(fits(key, user) and any(fits(entry, used) for entry in entries)
               for key, entries in table.items())


def may_use(user, used):
    """Paths of files or folders."""
    rooms = room_of(user), room_of(used)
    return (rooms[0] == rooms[1] or rooms[1] == "include" or listed(MAY_USE, rooms[0], rooms[1])
            or listed(MAY_USE, rooms[0], used))


def may_link(user, used):
    return may_use(user, used) or listed(MAY_LINK, room_of(user), room_of(used))


def may_carry(user, used):
    return may_use(user, used) or listed(MAY_CARRY, room_of(user), room_of(used))
