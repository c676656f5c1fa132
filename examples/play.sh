#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is needed, builds fkvm, and plays the example game on both backends. The build is one for that alone: few and large
# files for the compiler (unity) take a third of the time.
set -eu
cd "$(dirname "$0")/.."

sh test/packages.sh play
[ -f build/play/build.ninja ] ||
    meson setup build/play --buildtype=release --unity=on -Dunity_size=100 -Dtests=disabled -Droom=disabled -Dserver=disabled \
        -Dqt=disabled -Dcjson=disabled >/dev/null
ninja -C build/play --quiet bindings/cli/fkvm backends/process/child/fkvm-host

for backend in embedded process; do
    printf '\n== %s ==\n' "$backend"
    FK_VM_BACKEND=$backend build/play/bindings/cli/fkvm run examples/cardgame/main.lua --games 10 --players 8
done
