#!/bin/sh
# Installs what is needed, builds fkvm, and runs every test. `run.sh quick` leaves out the sanitizers
# and the build without the process backend.
set -eu
cd "$(dirname "$0")/.."

sh test/packages.sh test

run() { # name, meson options...
    name=$1
    shift
    printf '\n== %s ==\n' "$name"
    [ -f "build/$name/build.ninja" ] || meson setup "build/$name" "$@" >/dev/null
    ninja -C "build/$name" --quiet
    meson test -C "build/$name" --no-rebuild --print-errorlogs
    cat "build/$name/test/hostile/matrix.txt"
}

run test -Dtests=enabled -Dwerror=true -Dqt=enabled
[ "${1:-}" = quick ] && exit 0
run embedded-only -Dtests=enabled -Dwerror=true -Dprocess=disabled --buildtype=release
run sanitize -Dtests=enabled -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debugoptimized
