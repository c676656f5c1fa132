#!/bin/sh
# Are the sources laid out as .clang-format says? Versions differ in small things, so one is asked for.
set -eu
cd "$(dirname "$0")/.."
version=14
for program in "clang-format-$version" clang-format; do
    command -v "$program" >/dev/null || continue
    "$program" --version | grep -q "version $version\." || continue
    git ls-files lib backends bindings examples test | grep -E '\.(c|cpp|h|hpp)$' |
        xargs -n 50 "$program" --dry-run --Werror
    echo "format: as .clang-format says"
    exit 0
done
echo "format: not checked, there is no clang-format $version here"
