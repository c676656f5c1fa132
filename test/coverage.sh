#!/bin/sh
# SPDX-License-Identifier: MIT
# Counts what the tests reach: lines of lib and backends, branches of the readers of JSON and JSON-RPC. Exception edges are
# left out of the branches (gcovr's own option); the readers throw nothing. A test that fails in such a build is named.
# `coverage.sh FILE...` lists the lines of these files that nothing reaches.
set -eu
cd "$(dirname "$0")/.."
build=build/coverage

sh test/packages.sh coverage
[ -f "$build/build.ninja" ] || meson setup "$build" -Dtests=enabled -Db_coverage=true -Doptimization=1 -Dcli=disabled \
    -Droom=disabled -Dserver=disabled -Dqt=disabled >/dev/null
ninja -C "$build" --quiet
find "$build" -name '*.gcda' -delete
meson test -C "$build" --no-rebuild --suite unit --suite contract-embedded --suite contract-process --suite process \
    --suite property --suite cost --suite fuzz --suite hostile | grep -E '(FAIL|TIMEOUT) ' || true

count() { # gcovr's options...
    gcovr --root . --object-directory "$build" --exclude-throw-branches --exclude-unreachable-branches "$@" "$build"
}
if [ $# -gt 0 ]; then
    for file in "$@"; do set -- "$@" --filter "$file"; shift; done
    count "$@"
    exit
fi
printf '\n== lines ==\n'
count --filter lib/ --filter backends/ --print-summary --txt /dev/null | grep '^lines'
printf '\n== branches of the readers ==\n'
count --branches --filter 'lib/wire/json_(parser|reader|scan|string|tags)' --filter lib/wire/rpc_read --filter lib/base/utf8 |
    awk '/^lib/ { print $1, $2, $3, $4 } /^TOTAL/'
