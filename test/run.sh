#!/bin/sh
# Installs what is needed, builds fkvm, runs every test, and prints what the hostile suite found and
# the sum. `run.sh quick` leaves out the sanitizers and the build without the process backend.
set -eu
cd "$(dirname "$0")/.."

sh test/packages.sh test

builds=
run() { # name, meson options...
    build=build/$1
    shift
    builds="$builds $build"
    printf '\n== %s ==\n' "$build"
    [ -f "$build/build.ninja" ] || meson setup "$build" "$@" >/dev/null
    ninja -C "$build" --quiet
    meson test -C "$build" --no-rebuild --print-errorlogs
}

run test -Dtests=enabled -Dwerror=true -Dqt=enabled
cat build/test/test/hostile/matrix.txt
if [ "${1:-}" != quick ]; then
    run embedded-only -Dtests=enabled -Dwerror=true -Dprocess=disabled --buildtype=release
    run sanitize -Dtests=enabled -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debugoptimized
fi
# shellcheck disable=SC2086
python3 test/summary.py $builds
