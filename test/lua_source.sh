#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a folder with the sources of Lua 5.4, for builds with -Dlua_source: $FK_LUA_SOURCE, or Debian's source package,
# fetched once into the folder given. Prints nothing where there is none, and says so on standard error.
set -eu
if [ -n "${FK_LUA_SOURCE:-}" ]; then
    echo "$FK_LUA_SOURCE"
    exit 0
fi
lua=$(sh "$(dirname "$0")/debian_source.sh" "$1" lua5.4 src/lapi.c)
[ -n "$lua" ] || echo "lua_source.sh: no build has Lua inside. Set FK_LUA_SOURCE to an unpacked lua-5.4.x" >&2
echo "$lua"
