#!/bin/sh
# SPDX-License-Identifier: MIT
# Are the sources laid out as .clang-format says? `format.sh fix` lays them out. Versions of clang-format
# differ in small things, so one version counts. include/ is laid out by hand.
set -eu
cd "$(dirname "$0")/.."
version=14

for program in "clang-format-$version" clang-format; do
    command -v "$program" >/dev/null || continue
    "$program" --version | grep -q "version $version\." || continue
    how="--dry-run --Werror"
    [ "${1:-}" != fix ] || how=-i
    # shellcheck disable=SC2086
    find lib backends bindings examples test -type f -not -path 'test/abi/releases/*/fk_*' \
        \( -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp' \) -exec "$program" $how {} +
    echo "format: as .clang-format says"
    exit 0
done
echo "format: not checked, there is no clang-format $version here"
