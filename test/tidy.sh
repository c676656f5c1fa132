#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-tidy over lib and backends, by the compile commands of a build that is up to date:
# `tidy.sh [BUILD]`, build/test by default. It says what it finds, and fails for it. .clang-tidy has
# the checks, and why some are off.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build/test}
command -v clang-tidy >/dev/null || {
    echo "tidy.sh: install clang-tidy" >&2
    exit 2
}
[ -f "$build/compile_commands.json" ] || {
    echo "tidy.sh: $build is no build; make one with: sh test/run.sh quick" >&2
    exit 2
}
# A build by gcc has options that clang does not know. What is of another system is not in it.
find lib backends -name '*.cpp' |
    while read -r file; do
        if grep -q "/$file\"" "$build/compile_commands.json"; then echo "$file"; fi
    done |
    xargs -P "${JOBS:-$(nproc)}" -n 4 \
        clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option
echo "tidy: nothing found"
