#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the library, the backends, fkvm and the tests with other compilers, warnings being errors: `compilers.sh [NAME...]`,
# as `compilers.sh gcc-13 clang-19`. By default every gcc from 12 and clang from 14 that apt has here. Installs what it needs.
# FK_COMPILERS_SUITES="unit contract" builds and runs these suites alone; FK_COMPILERS_QUICK=1 leaves the tests out, and
# compiles each library and program as one file. A build that passed is removed. docs/testing.md has the result.
set -eu
cd "$(dirname "$0")/.."
[ -n "${FK_COMPILERS_DEPENDS:-}" ] || sh test/packages.sh compilers

offered() {
    apt-cache search --names-only '^(g\+\+|clang)-[0-9]+$' | sed 's/ .*//; s/g++/gcc/' | sort -V |
        awk -F- '$1 == "gcc" && $2 >= 12 || $1 == "clang" && $2 >= 14'
}

here() { # name: the compilers of C and C++ in $cc and $cxx, installed if need be
    cc=$1
    case "$1" in
    gcc-*) cxx=g++-${1#gcc-} package=g++-${1#gcc-} ;;
    *) cxx=clang++-${1#clang-} package=$1 ;;
    esac
    command -v "$cxx" >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
}

options() { # what clang warns of does not depend on the level; gcc sees more where it optimises
    case "$1" in clang-*) echo "-Ddebug=false -Doptimization=0" ;; esac
    [ -n "${FK_COMPILERS_QUICK:-}" ] || echo "-Dtests=enabled"
    [ -z "${FK_COMPILERS_QUICK:-}" ] || echo "-Dtests=disabled --unity=on -Dunity_size=100 -Ddefault_library=static"
}

build() { # name
    folder=build/compiler-$1 suites=
    # shellcheck disable=SC2046
    [ -f "$folder/build.ninja" ] || CC=$cc CXX=$cxx meson setup "$folder" -Dwerror=true -Dqt=disabled \
        -Droom=disabled -Dserver=disabled $(options "$1") >"$folder.txt" || return 1
    for suite in ${FK_COMPILERS_SUITES:-}; do suites="$suites --suite $suite"; done
    if [ -z "$suites" ]; then
        ninja -C "$folder" --quiet
    else
        # shellcheck disable=SC2086
        meson test -C "$folder" --print-errorlogs --timeout-multiplier 6 $suites
    fi
}

passed='' failed='' missing=''
mkdir -p build
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(offered)
for name; do
    if ! here "$name" 2>/dev/null; then
        missing="$missing $name"
        continue
    fi
    printf '\n== %s: %s ==\n' "$name" "$($cxx --version | head -1)"
    if build "$name"; then
        passed="$passed $name"
        rm -rf "build/compiler-$name"
    else
        failed="$failed $name"
    fi
done
echo "compilers.sh: built by:$passed; failed:${failed:- none}; not to be had here:${missing:- none}"
[ -z "$failed" ] && [ -n "$passed" ]
