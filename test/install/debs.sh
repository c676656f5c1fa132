#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the packages of packaging/deb.sh in this system, and plays with them: `debs.sh FOLDER`. As root, in a root made for that
# (test/roots.sh says how), for it removes them again.
set -eu
cd "$1"
game=/usr/share/fkvm/cardgame/main.lua
names=$(for file in *.deb; do dpkg-deb -f "$file" Package; done | grep -v -e -dbgsym)
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ./libfkvm1_*.deb ./libfkvm-common_*.deb >/dev/null
[ -s /usr/share/fkvm/freekill.lua ] && echo "debs.sh: the library brings FreeKill's entry script along"
# shellcheck disable=SC2046
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(ls ./*.deb | grep -v dbgsym) >/dev/null

for backend in embedded process; do
    FK_VM_BACKEND=$backend fkvm run $game --games 3 --json | grep -q '"rooms_ended":3'
    FK_VM_BACKEND=$backend fk-server $game --self-play 1 --games 1 --pace 0 --port 0 | grep -q '"games":1'
    echo "debs.sh: $backend plays"
done
fkvm run $game --games 1 --json --command "lua5.4 $(ls /usr/lib/*/fkvm/entry.lua)" | grep -q '"rooms_ended":1'
echo "debs.sh: lua5.4 plays"
if command -v cc >/dev/null && command -v pkg-config >/dev/null; then
    place=$(mktemp -d)
    printf '#include <fk_vm.h>\n#include <stdio.h>\nint main(void) { return puts(fk_version()) < 0; }\n' >"$place/x.c"
    # shellcheck disable=SC2046
    cc "$place/x.c" $(pkg-config --cflags --libs fkvm) -o "$place/x"
    "$place/x"
    rm -r "$place"
fi
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq $names >/dev/null
[ ! -e /usr/bin/fkvm ] && [ ! -e /usr/share/fkvm ] && echo "debs.sh: nothing is left"
