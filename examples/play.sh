#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is needed, builds fkvm, and plays the example game on both backends.
set -eu
cd "$(dirname "$0")/.."

sh test/packages.sh play
[ -f build/release/build.ninja ] || meson setup build/release --buildtype=release -Dtests=disabled >/dev/null
ninja -C build/release --quiet

for backend in embedded process; do
    printf '\n== %s ==\n' "$backend"
    FK_VM_BACKEND=$backend build/release/bindings/cli/fkvm run examples/cardgame/main.lua --games 10 --players 8
done
