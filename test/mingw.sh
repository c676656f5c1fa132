#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds fkvm for Windows by mingw-w64 and runs its tests under wine: `mingw.sh [TEST...]`, as arguments of `meson test`.
# Lua, cJSON and CMocka are built from Debian's sources. Everything lies in $FK_MINGW (/var/tmp/fkvm-mingw), which is kept
# for the next time. Needs g++-mingw-w64-x86-64-posix, wine64, meson, and the network once; see docs/platforms.md.
set -eu
cd "$(dirname "$0")/.."
place=${FK_MINGW:-/var/tmp/fkvm-mingw}
cross=x86_64-w64-mingw32
build=$place/build

for command in $cross-g++-posix wine meson ninja pkg-config; do
    command -v "$command" >/dev/null || {
        echo "mingw.sh: no $command here: apt-get install g++-mingw-w64-x86-64-posix wine wine64 meson pkg-config" >&2
        exit 77
    }
done
mkdir -p "$place"
lua=$(sh test/debian_source.sh "$place/sources" lua5.4 src/lapi.c)
cjson=$(sh test/debian_source.sh "$place/sources" cjson cJSON.c)
cmocka=$(sh test/debian_source.sh "$place/sources" cmocka src/cmocka.c)
[ -n "$lua" ] && [ -n "$cjson" ] && [ -n "$cmocka" ] || exit 77

# One library of one file each, and what pkg-config says of it.
library() { # name, folder of headers, source, flags...
    name=$1 include=$2 source=$3
    shift 3
    mkdir -p "$place/lib/pkgconfig"
    $cross-gcc-posix -O2 -w -c "$@" -I"$include" "$source" -o "$place/lib/$name.o"
    $cross-ar rcs "$place/lib/lib$name.a" "$place/lib/$name.o"
    cat >"$place/lib/pkgconfig/$name.pc" <<EOF
Name: $name
Description: for the tests of fkvm
Version: 1
Cflags: -I$include
Libs: -L$place/lib -l$name
EOF
}
if [ ! -f "$place/lib/pkgconfig/libcjson.pc" ]; then
    flags=
    for header in ASSERT INTTYPES IO MALLOC SETJMP SIGNAL STDARG STDDEF STDINT STDIO STDLIB STRING SYS_STAT SYS_TYPES TIME; do
        flags="$flags -DHAVE_${header}_H"
    done
    for function in CALLOC EXIT FPRINTF SNPRINTF VSNPRINTF FREE LONGJMP MALLOC MEMCPY MEMSET PRINTF SETJMP SIGNAL STRCMP; do
        flags="$flags -DHAVE_$function"
    done
    # shellcheck disable=SC2086
    library cmocka "$cmocka/include" "$cmocka/src/cmocka.c" -DHAVE_STRUCT_TIMESPEC -D__USE_MINGW_ANSI_STDIO=1 $flags
    library cjson "$cjson" "$cjson/cJSON.c" -DCJSON_HIDE_SYMBOLS
    mkdir -p "$place/include/cjson"
    cp "$cjson/cJSON.h" "$place/include/cjson/"
    sed "s|^Cflags:.*|Cflags: -I$place/include -DCJSON_HIDE_SYMBOLS|; s|^Version:.*|Version: 1.7.15|" \
        "$place/lib/pkgconfig/cjson.pc" >"$place/lib/pkgconfig/libcjson.pc"
fi

export WINEPREFIX="$place/wine" WINEDEBUG="${WINEDEBUG:--all}" WINEDLLOVERRIDES="mscoree,mshtml="
[ -d "$WINEPREFIX" ] || wine wineboot --init >/dev/null 2>&1

[ -f "$build/build.ninja" ] || meson setup "$build" --pkg-config-path "$place/lib/pkgconfig" --cross-file \
    test/cross/mingw-x86_64.ini -Dlua_source="$lua" -Dtests=enabled -Dcjson=enabled -Dprocess=disabled \
    -Dqt=disabled -Dcli=disabled -Droom=disabled -Dserver=disabled -Dluajit=disabled -Dwerror=true
ninja -C "$build" --quiet ${FK_MINGW_TARGET:-}
[ -z "${FK_MINGW_TARGET:-}" ] || exit 0
meson test -C "$build" --no-rebuild --print-errorlogs "$@"
