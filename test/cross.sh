#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds fkvm for another system and runs its tests there: `cross.sh windows|i386|arm64|musl [ARGUMENT...]`, arguments as
# those of `meson test`. Windows is mingw-w64 and wine, arm64 is qemu-user, i386 and musl run as they are. Lua, cJSON and
# CMocka are built from Debian's sources, in $FK_CROSS (/var/tmp/fkvm-cross), which is kept; fkvm in build/cross-SYSTEM.
# docs/platforms.md has the packages. What does not run there stands in test/cross/skipped.txt, with the reason.
set -eu
cd "$(dirname "$0")/.."
system=${1:-}
[ $# -eq 0 ] || shift
suites="unit contract property games" options='' times=5 thread='' link='' needs=sh
case "$system" in
windows) prefix=x86_64-w64-mingw32 thread=-posix needs=wine options=-Dprocess=disabled ;;
i386)
    prefix=i686-linux-gnu suites="$suites cpp cjson abi"
    link="-Wl,--dynamic-linker=/usr/$prefix/lib/ld-linux.so.2 -Wl,-rpath,/usr/$prefix/lib"
    ;;
arm64) prefix=aarch64-linux-gnu needs=qemu-aarch64-static options=-Dprocess=disabled ;;
musl) prefix=x86_64-linux-musl needs=musl-gcc suites="$suites cpp cjson abi" link=-Wl,-z,stack-size=2097152 ;;
*)
    echo "usage: cross.sh windows|i386|arm64|musl [ARGUMENT...]" >&2
    exit 2
    ;;
esac
place=${FK_CROSS:-/var/tmp/fkvm-cross}
libraries=$place/$system
build=$PWD/build/cross-$system
mkdir -p "$libraries"

need() {
    command -v "$1" >/dev/null || {
        echo "cross.sh: no $1 here; docs/platforms.md says which packages $system needs" >&2
        exit 77
    }
}
for command in "$needs" meson ninja pkg-config; do need "$command"; done
if [ "$system" = musl ]; then
    sh test/cross/musl.sh "$place/musl-gcc"
    PATH=$place/musl-gcc/bin:$PATH
fi
need "$prefix-g++$thread"
lua=$(sh test/debian_source.sh "$place/sources" lua5.4 src/lapi.c)
cjson=$(sh test/debian_source.sh "$place/sources" cjson cJSON.c)
cmocka=$(sh test/debian_source.sh "$place/sources" cmocka src/cmocka.c)
[ -n "$lua" ] && [ -n "$cjson" ] && [ -n "$cmocka" ] || exit 77

# One library of one file each, and what pkg-config says of it.
library() { # name, folder of headers, source, flags...
    name=$1 include=$2 source=$3
    shift 3
    mkdir -p "$libraries/lib/pkgconfig"
    "$prefix-gcc$thread" -O2 -w -fPIC -c "$@" -I"$include" "$source" -o "$libraries/lib/$name.o"
    "$prefix-ar" rcs "$libraries/lib/lib$name.a" "$libraries/lib/$name.o"
    cat >"$libraries/lib/pkgconfig/$name.pc" <<EOF
Name: $name
Description: for the tests of fkvm
Version: 1
Cflags: -I$include
Libs: -L$libraries/lib -l$name
EOF
}
if [ ! -f "$libraries/lib/pkgconfig/libcjson.pc" ]; then
    flags=
    for header in ASSERT INTTYPES IO MALLOC SETJMP SIGNAL STDARG STDDEF STDINT STDIO STDLIB STRING SYS_STAT SYS_TYPES TIME UNISTD; do
        flags="$flags -DHAVE_${header}_H"
    done
    for function in CALLOC EXIT FPRINTF SNPRINTF VSNPRINTF FREE LONGJMP MALLOC MEMCPY MEMSET PRINTF SETJMP SIGNAL STRCMP STRSIGNAL CLOCK_GETTIME; do
        flags="$flags -DHAVE_$function"
    done
    # shellcheck disable=SC2086
    library cmocka "$cmocka/include" "$cmocka/src/cmocka.c" -DHAVE_STRUCT_TIMESPEC -D__USE_MINGW_ANSI_STDIO=1 $flags
    library cjson "$cjson" "$cjson/cJSON.c" -DCJSON_HIDE_SYMBOLS
    mkdir -p "$libraries/include/cjson"
    cp "$cjson/cJSON.h" "$libraries/include/cjson/"
    sed "s|^Cflags:.*|Cflags: -I$libraries/include -DCJSON_HIDE_SYMBOLS|; s|^Version:.*|Version: 1.7.15|" \
        "$libraries/lib/pkgconfig/cjson.pc" >"$libraries/lib/pkgconfig/libcjson.pc"
fi

if [ "$system" = windows ]; then
    export WINEPREFIX="$libraries/wine" WINEDEBUG="${WINEDEBUG:--all}" WINEDLLOVERRIDES="mscoree,mshtml="
    [ -d "$WINEPREFIX" ] || wine wineboot --init >/dev/null 2>&1
fi

# Debian's Lua asks for this header, which comes with each machine's liblua5.4-dev.
mkdir -p "$libraries/include" "$libraries/bin"
echo "#define DEB_HOST_MULTIARCH \"$prefix\"" >"$libraries/include/lua5.4-deb-multiarch.h"

# shellcheck disable=SC2086
[ -f "$build/build.ninja" ] || meson setup "$build" --pkg-config-path "$libraries/lib/pkgconfig" --cross-file \
    "test/cross/$system.ini" -Dlua_source="$lua" -Dtests=enabled -Dcjson=enabled -Dqt=disabled -Dcli=disabled \
    -Droom=disabled -Dserver=disabled -Dseccomp=disabled -Dlua_module=disabled -Dwerror=true -Doptimization=1 \
    -Ddebug=false "-Dc_args=-I$libraries/include" "-Dcpp_args=-I$libraries/include" $options

program() { # name, command...
    name=$1
    shift
    printf '#!/bin/sh\nexec %s\n' "$*" >"$libraries/bin/$name"
    chmod +x "$libraries/bin/$name"
}
if [ -n "$link" ]; then # tests that compile against what is installed call the compilers by their usual names
    # shellcheck disable=SC2046
    ninja -C "$build" --quiet $(python3 test/cross/installed.py "$build")
    program cc "$prefix-gcc \"\$@\" $link"
    program c++ "$prefix-g++ \"\$@\" $link"
    PATH=$libraries/bin:$PATH
fi

if [ $# -gt 0 ]; then
    exec meson test -C "$build" --print-errorlogs -t "$times" "$@"
fi

# All but what is left out by name.
filters=
for suite in $suites; do filters="$filters --suite $suite"; done
# shellcheck disable=SC2013
for suite in $(sed -n "s/^$system  *suite:\([^ ]*\) .*/\1/p" test/cross/skipped.txt); do filters="$filters --no-suite $suite"; done
sed -n "s/^$system  *\([^ ]*\)  *\(.*\)/\1 \2/p" test/cross/skipped.txt >"$libraries/skipped.txt"
# shellcheck disable=SC2086
meson test -C "$build" --no-rebuild --list $filters 2>/dev/null | sed -n 's/.* \/ //p' | sort -u >"$libraries/names.txt"
cut -d' ' -f1 "$libraries/skipped.txt" | sort -u | comm -23 "$libraries/names.txt" - >"$libraries/run.txt"
status=0
# shellcheck disable=SC2046,SC2086
meson test -C "$build" --print-errorlogs -t "$times" $filters $(cat "$libraries/run.txt") || status=$?
echo "cross.sh $system: left out by name:"
sed 's/ /: /; s/^/  /' "$libraries/skipped.txt"
python3 test/summary.py "$build" || status=1
exit $status
