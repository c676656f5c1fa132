#!/bin/sh
# SPDX-License-Identifier: MIT
# Plays freekill-core in a server made of fk/freekill.hpp and fk/asio.hpp (adopt.cpp), and prints one table: embedded, in a
# child, and in the core's own child. Not part of the build: it takes an installed fkvm, Boost, and a checkout of
# freekill-core, which stays where it is.
#
# usage: adopt.sh CORE      CORE: the folder of freekill-core, with its lua/
# The core's own child also wants the packages lua5.4, lua-socket and lua-filesystem.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
core=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/packages/looping"
cp -r "$core" "$work/packages/freekill-core"
cp "$here/looping.lua" "$work/packages/looping/init.lua"

# shellcheck disable=SC2046
${CXX:-c++} -std=c++20 -O2 "$here/adopt.cpp" -o "$work/adopt" $(pkg-config --cflags --libs fkvm-freekill) -pthread
LD_LIBRARY_PATH=$(pkg-config --variable=libdir fkvm)${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
script=$(pkg-config --variable=script fkvm-freekill)

echo "| VM | messages | CPU us each | MB server | MB child | ms from a kill to the players | MB server after an update | an endless loop ends |"
echo "|---|---|---|---|---|---|---|---|"
FK_VM_BACKEND=embedded "$work/adopt" embedded "$script" "$work"
FK_VM_BACKEND=process "$work/adopt" process "$script" "$work"
FK_VM_BACKEND=process FK_VM_COMMAND="lua5.4 lua/server/rpc/entry.lua" "$work/adopt" "entry.lua of the core" - "$work/packages/freekill-core"
