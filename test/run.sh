#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is needed, builds fkvm, runs every test, and prints what the hostile suite found and
# the sum. `run.sh quick` leaves out the build without the process backend and the one with ASan and UBSan.
set -eu
cd "$(dirname "$0")/.."

sh test/packages.sh test
sh test/format.sh

builds=
run() { # name, meson options...
    build=build/$1
    shift
    builds="$builds $build"
    printf '\n== %s ==\n' "$build"
    [ -f "$build/build.ninja" ] || meson setup "$build" "$@" >/dev/null
    ninja -C "$build" --quiet
    # The limits are those of a hang on an idle machine; beside other work all takes longer. One more than there are
    # cores, for much of what tests do is waiting.
    meson test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier 6 --num-processes $(($(nproc) + 1)) || true # summary.py tells
}

core="-Dtests=enabled -Dcli=disabled -Droom=disabled -Dserver=disabled -Dqt=disabled -Dnats=disabled" # the library and its own backends
run test -Dtests=enabled -Dwerror=true -Dqt=enabled
cat build/test/test/hostile/matrix.txt
if [ "${1:-}" != quick ]; then
    lua_source=$(sh test/lua_source.sh build/lua-source) # where there is one, this build has Lua inside
    run embedded-only ${lua_source:+"-Dlua_source=$lua_source"} -Dtests=enabled -Dwerror=true -Dqt=disabled -Dserver=disabled -Dprocess=disabled --buildtype=release
    # shellcheck disable=SC2086
    run sanitize $core -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debugoptimized
fi
# shellcheck disable=SC2086
python3 test/summary.py $builds
