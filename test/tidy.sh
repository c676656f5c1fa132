#!/bin/sh
# clang-tidy over lib and backends, by the compile commands of a build: `tidy.sh [BUILD]`, build/test by default.
# Says what it finds and fails for it; .clang-tidy has the checks, and why some are off.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build/test}
command -v clang-tidy >/dev/null || { echo "tidy.sh: install clang-tidy" >&2; exit 2; }
[ -f "$build/compile_commands.json" ] || { echo "tidy.sh: $build is no build: meson setup $build" >&2; exit 2; }
git ls-files 'lib/*.cpp' 'backends/*.cpp' |
    xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p "$build"
