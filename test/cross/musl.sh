#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes compilers of C and C++ for musl in FOLDER/bin, once: `musl.sh FOLDER`. Debian's musl-tools has one for C. For
# C++ it takes Debian's g++ and builds libstdc++ of the same version from gcc-VERSION-source, in about 10 minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/bin"
folder=$(cd "$1" && pwd)
version=$(g++ -dumpversion)
target=x86_64-linux-musl
specs=/usr/lib/$target/musl-gcc.specs
headers=$folder/include/c++
[ ! -f "$folder/ready" ] || exit 0

nothing() {
    echo "musl.sh: $1; docs/platforms.md says which packages musl needs" >&2
    exit 77
}
[ -f "$specs" ] || nothing "no $specs here"

unpack() {
    [ ! -d "$folder/gcc/libstdc++-v3" ] || return 0
    rm -rf "$folder/gcc" "$folder/deb"
    mkdir -p "$folder/gcc" "$folder/deb"
    (cd "$folder/deb" && apt-get -qq -o APT::Sandbox::User= download "gcc-$version-source") ||
        nothing "apt-get has no gcc-$version-source"
    dpkg -x "$folder"/deb/*.deb "$folder/deb"
    tar -xf "$folder"/deb/usr/src/gcc-"$version"/gcc-"$version"*.tar.xz -C "$folder/gcc" --strip-components=1 \
        --wildcards --exclude='*/testsuite/[0-9a-z]*' '*/libstdc++-v3/*' '*/libgcc/*' '*/include/*' '*/config/*' \
        '*/gcc/BASE-VER' '*/gcc/DATESTAMP' '*/gcc/DEV-PHASE' '*/libiberty/*' '*/libbacktrace/*' '*/config.*' '*/*.m4' \
        '*/install-sh' '*/mkinstalldirs' '*/ltmain.sh' '*/missing' '*/depcomp' '*/compile' '*/move-if-change' \
        '*/config-ml.in' '*/symlink-tree'
    rm -rf "$folder/deb"
}

compiler() { # name, words
    printf '#!/bin/sh\nexec %s\n' "$2" >"$folder/bin/$target-$1"
    chmod +x "$folder/bin/$target-$1"
}

# musl's words for gcc leave out what C++ needs: its headers before those of C, and how to find frames.
write_specs() {
    sed -e "s|-nostdinc -isystem /usr/include/$target|-nostdinc -nostdinc++ -isystem $headers -isystem $headers/$target &|" \
        -e "s|^libgcc.a%s .*|libgcc.a%s libgcc_eh.a%s -ldl_find_object -lc|" \
        -e "s|^-L/usr/lib/$target|-L$folder/lib &|" -e 's|^-dynamic-linker|--eh-frame-hdr &|' "$specs" >"$folder/c++.specs"
}

build() {
    mkdir -p "$folder/build" "$folder/lib" "$folder/libgcc"
    ln -sf "$folder/gcc/libgcc/gthr-posix.h" "$folder/libgcc/gthr-default.h"
    # Weak names would leave threads out of static programs.
    sed -i 's/define GTHREAD_USE_WEAK 1/define GTHREAD_USE_WEAK 0/' "$folder/gcc/libgcc/gthr.h"
    cd "$folder/build"
    [ -f Makefile ] || "$folder/gcc/libstdc++-v3/configure" --quiet --host=$target --build=x86_64-linux-gnu \
        --prefix="$folder" --with-gxx-include-dir="$headers" --disable-multilib --disable-nls --disable-libstdcxx-pch --disable-shared --with-pic \
        CC=musl-gcc CXX="g++ -specs $specs" CFLAGS='-O2 -fPIC' CXXFLAGS='-O2 -fPIC' >"$folder/build.txt" 2>&1
    make -j2 >>"$folder/build.txt" 2>&1 && make install >>"$folder/build.txt" 2>&1
}

unpack
(build) || {
    tail -n 20 "$folder/build.txt" >&2
    exit 1
}
musl-gcc -O2 -fPIC -c "$here/dl_find_object.c" -o "$folder/lib/dl_find_object.o"
ar rcs "$folder/lib/libdl_find_object.a" "$folder/lib/dl_find_object.o"
write_specs
# Those of the kernel are this system's.
mkdir -p "$folder/kernel"
ln -sf /usr/include/linux /usr/include/asm-generic /usr/include/x86_64-linux-gnu/asm "$folder/kernel/"
compiler gcc "gcc \"\$@\" -specs $specs -idirafter $folder/kernel"
compiler g++ "g++ \"\$@\" -specs $folder/c++.specs -idirafter $folder/kernel"
for tool in ar ranlib nm; do ln -sf "$(command -v gcc-$tool)" "$folder/bin/$target-gcc-$tool"; done
for tool in ar strip; do ln -sf "$(command -v $tool)" "$folder/bin/$target-$tool"; done
rm -rf "$folder/build" "$folder/gcc" "$folder/libgcc"
touch "$folder/ready"
