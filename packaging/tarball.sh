#!/bin/sh
# SPDX-License-Identifier: MIT
# A tarball that runs where it is unpacked: `tarball.sh [FOLDER]` makes it in FOLDER (build/tarball). It needs glibc 2.36 or later and
# nothing else: built on Debian 12, C++'s library and all others are linked statically or lie in its lib/.
set -eu
cd "$(dirname "$0")/.."
. packaging/source.sh
mkdir -p "${1:-build/tarball}"
folder=$(cd "${1:-build/tarball}" && pwd)
glibc=2.36
name=fkvm-$(version)-linux-$(uname -m)
tree=$folder/$name

[ "${FK_TARBALL_DEPENDS:-}" = installed ] || sh test/packages.sh tarball
export LDFLAGS="-static-libstdc++ -static-libgcc"
build() { # name, meson options...
    build=$folder/$1
    shift
    rm -rf "$build"
    meson setup "$build" --buildtype=release --unity=on -Dunity_size=100 --strip --prefix=/opt/fkvm --libdir=lib --libexecdir=libexec -Dpkgconfig.relocatable=true \
        -Dtests=disabled -Dqt=disabled -Dcjson=disabled -Dnats=disabled -Dseccomp=enabled "$@" >"$build.log"
    ninja -C "$build" --quiet
    DESTDIR="$build/installed" meson install -C "$build" --no-rebuild --quiet
}

# The libraries in lib/ speak C only, so each may have a C++ library of its own; the programs have all within.
# libbsd.a, which libedit.a needs, needs libmd.a in turn. Debian has no static spdlog, but all of it in headers.
mkdir -p "$folder/headers"
printf 'Name: spdlog\nDescription: headers alone\nVersion: %s\nCflags: -DSPDLOG_FMT_EXTERNAL -DFMT_HEADER_ONLY -pthread\n' \
    "$(pkg-config --modversion spdlog)" >"$folder/headers/spdlog.pc"
build libraries -Dcli=disabled -Droom=disabled -Dserver=disabled
export PKG_CONFIG_PATH="$folder/headers" LDFLAGS="$LDFLAGS -Wl,-u,SHA512Init -l:libmd.a"
build programs -Ddefault_library=static -Dprefer_static=true -Dserver=enabled -Dlibedit=enabled
rm -rf "$tree"
cp -a "$folder/libraries/installed/opt/fkvm" "$tree"
cp -a "$folder/programs/installed/opt/fkvm/bin" "$folder/programs/installed/opt/fkvm/share" "$tree"

# What libfkvm and fkvm-host share with other programs: Lua, for its C modules, and libseccomp.
needed() { readelf -d "$@" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u; }
binaries() { find "$tree" -type f \( -name '*.so*' -o -perm -u+x \) -exec sh -c 'readelf -h "$1" >/dev/null 2>&1' x {} \; -print; }
for library in $(needed "$tree/lib/libfkvm.so" "$tree/libexec/fkvm/fkvm-host" | grep -e '^liblua' -e '^libseccomp'); do
    cp -L "$(ldconfig -p | sed -n "s|^\s*$library .*=> ||p" | head -1)" "$tree/lib/$library"
done

licences=$tree/share/doc/fkvm/licences
mkdir -p "$licences"
for package in liblua5.4-dev libseccomp-dev libcli11-dev libspdlog-dev libfmt-dev libboost-dev libsqlite3-dev libedit-dev libbsd-dev \
    zlib1g-dev libmd-dev libncurses-dev "libstdc++-$(g++ -dumpversion)-dev"; do
    cp -L "/usr/share/doc/$package/copyright" "$licences/$package"
done

# shellcheck disable=SC2046
if needed $(binaries) | grep -v -E '^(libc|libm|libdl|libpthread|librt|ld-linux.*|liblua5\.4|libseccomp|libfkvm)\.so'; then
    echo "tarball.sh: these libraries are neither of glibc nor in the tarball" >&2
    exit 1
fi
# shellcheck disable=SC2046
newest=$(readelf -V $(binaries) | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -V | tail -1)
if [ "$(printf '%s\n%s\n' "$newest" $glibc | sort -V | tail -1)" != $glibc ]; then
    echo "tarball.sh: it needs glibc $newest, more than $glibc: build it on Debian 12" >&2
    exit 1
fi
tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner -czf "$tree.tar.gz" "$name"
sh test/install/unpacked.sh "$tree.tar.gz"
ls -l "$tree.tar.gz"
