#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a folder with the sources of Lua 5.4, for builds with -Dlua_source: $FK_LUA_SOURCE, or Debian's source package,
# fetched once into the folder given. Prints nothing where there is none, and says so on standard error.
set -eu
folder=$1

nothing() {
    echo "lua_source.sh: $1; no build has Lua inside. Set FK_LUA_SOURCE to an unpacked lua-5.4.x" >&2
    exit 0
}

[ -z "${FK_LUA_SOURCE:-}" ] || { echo "$FK_LUA_SOURCE"; exit 0; }
ready=$folder/lua
if [ ! -f "$ready/src/lapi.c" ]; then
    command -v apt-get >/dev/null && command -v dpkg-source >/dev/null || nothing "no apt-get or no dpkg-source here"
    rm -rf "$folder"
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/sources.list.d"
    folder=$(cd "$folder" && pwd)
    # This machine's own places for packages, asked for sources: many systems list none.
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >>"$folder/sources.list.d/all.list"
    done
    for list in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"$folder/sources.list.d/$(basename "$list")"
    done
    get() {
        timeout 120 apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/sources.list.d" \
            -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User= "$@" >&2
    }
    get update || nothing "apt-get update failed"
    (cd "$folder" && get source lua5.4) || nothing "apt-get source lua5.4 failed"
    for unpacked in "$folder"/lua5.4-*/; do
        [ ! -f "$unpacked/src/lapi.c" ] || mv "$unpacked" "$ready"
    done
    rm -rf "$folder/lists" "$folder/cache"
    [ -f "$ready/src/lapi.c" ] || nothing "the source package of lua5.4 has no src/lapi.c"
fi
(cd "$ready" && pwd)
