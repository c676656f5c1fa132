#!/bin/sh
# The long runs that no CI has time for: `long.sh [MINUTES]` soaks VMs and fuzzes each target for that many minutes (default 30),
# kills 10,000 children at random bytes of a conversation and 200 servers while Lua spins in their child.
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
for name in json rpc lua options; do
    printf '\n== fuzzing %s for %s minutes ==\n' "$name" "$minutes"
    sh test/fuzz/run.sh "$name" "$minutes"
done
