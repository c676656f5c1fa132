#!/bin/sh
# SPDX-License-Identifier: MIT
# The library, its backends and libfkroom under TSan, where threads are: `tsan.sh`. Children come from build/test, for TSan's own memory breaks
# their limits. What needs a signal at once stays out, for TSan delays signals.
set -eu
cd "$(dirname "$0")/.."
build=build/tsan

[ -f build/test/build.ninja ] || meson setup build/test -Dtests=enabled >/dev/null
ninja -C build/test --quiet backends/process/child/fkvm-host
[ -f "$build/build.ninja" ] || meson setup "$build" -Dtests=enabled -Dcli=disabled -Droom=enabled -Dserver=disabled \
    -Dqt=disabled -Db_sanitize=thread -Db_lundef=false --buildtype=debugoptimized >/dev/null
ninja -C "$build" --quiet
cc -shared -fPIC -o "$build/clocklock.so" test/support/clocklock.c
tests() {
    FK_VM_HOST=$PWD/build/test/backends/process/child/fkvm-host LD_PRELOAD=$PWD/$build/clocklock.so \
        meson test -C "$build" --no-rebuild --print-errorlogs -t 10 "$@"
}
export FK_CONTRACT_SIGNAL=-1 # FK_NO_SIGNAL: the count hook
tests --suite contract-embedded --suite contract-process --suite cpp
set -- deaths-process # those of an embedded VM need a signal
for topic in requests people saves rooms server pool updates threads together; do
    set -- "$@" "$topic-embedded" "$topic-process"
done
tests --suite room "$@"
