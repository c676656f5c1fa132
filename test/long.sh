#!/bin/sh
# SPDX-License-Identifier: MIT
# The long runs that no CI has time for: `long.sh [MINUTES]` soaks VMs and fuzzes each target for that many minutes (default 30),
# kills 10,000 children at random bytes of a conversation and 200 servers while Lua spins in their child, and tests rooms and
# the server with ASan and UBSan, for which building alone takes minutes; and it runs TSan and valgrind.
set -eu
cd "$(dirname "$0")/.."
minutes=${1:-30}
build=build/test

[ -f "$build/build.ninja" ] || meson setup "$build" -Dtests=enabled >/dev/null
ninja -C "$build" --quiet
printf '\n== kills ==\n'
FK_HOSTILE_RANDOM_KILLS=${KILLS:-10000} "$build/test/hostile/hostile" process B10.random-bytes
FK_HOSTILE_KILLS=200 "$build/test/hostile/hostile" process C9.server-killed
printf '\n== soaking for %s minutes ==\n' "$minutes"
"$build/bindings/cli/fkvm" soak --minutes "$minutes"
printf '\n== rooms and the server with ASan and UBSan ==\n'
[ -f build/asan/build.ninja ] || meson setup build/asan -Dtests=enabled -Dqt=disabled -Db_sanitize=address,undefined \
    -Db_lundef=false --buildtype=debugoptimized >/dev/null
ninja -C build/asan --quiet
ASAN_OPTIONS=quarantine_size_mb=1 meson test -C build/asan --no-rebuild --print-errorlogs --timeout-multiplier 5 --suite room --suite server
printf '\n== 1,000 rooms on each backend ==\n'
python3 test/server/soak.py "$build" 1000
printf '\n== TSan ==\n'
sh test/tsan.sh
printf '\n== valgrind ==\n'
sh test/valgrind.sh
for name in json rpc lua options; do
    printf '\n== fuzzing %s for %s minutes ==\n' "$name" "$minutes"
    sh test/fuzz/run.sh "$name" "$minutes"
done
