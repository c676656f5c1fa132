#!/bin/sh
# SPDX-License-Identifier: MIT
# The library and its backends under valgrind: use of memory that nobody set or owns, and leaks. `valgrind.sh`.
set -eu
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || { echo "valgrind.sh: install valgrind" >&2; exit 2; }
[ -f build/test/build.ninja ] || meson setup build/test -Dtests=enabled >/dev/null
ninja -C build/test --quiet
meson test -C build/test --no-rebuild --print-errorlogs -t 20 \
    --wrapper "valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite" \
    --suite contract-embedded --suite contract-process
