#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what fkvm needs on Debian 12, 13 or a relative: `packages.sh play` for building and playing,
# `packages.sh test` for the whole test suite too, `packages.sh coverage` for that and coverage.sh, `packages.sh deb` and
# `packages.sh tarball` for the scripts of packaging/, `packages.sh languages` for
# the compilers of the examples in Go and Rust, 800 MB, `packages.sh browser` for a Chromium that looks at the
# page of fk-server, 400 MB; `packages.sh compilers` for compilers.sh. Does nothing where all is there.
set -eu

# dpkg-dev: by its dpkg-architecture meson finds where Debian's libraries go; else they would go where nobody looks.
play="g++ dpkg-dev meson ninja-build pkg-config python3 lua5.4 liblua5.4-dev libseccomp-dev libcjson-dev libcli11-dev libedit-dev"
test="libcmocka-dev clang-format abigail-tools binutils lua-socket lua-filesystem libboost-dev libasio-dev libsqlite3-dev libspdlog-dev locales qt6-base-dev libuv1-dev luajit liblua5.1-0-dev python3-cffi zsh fish libnats-dev libssl-dev openssl nats-server"

release="libboost-dev libsqlite3-dev libspdlog-dev"
deb="build-essential debhelper dh-python lintian libnats-dev libssl-dev $release"
languages="golang-go cargo gcc libc6-dev pkg-config"
browser="chromium chromium-driver"
compilers="libcmocka-dev" # and those that compilers.sh builds with

case "${1:-}" in
play) wanted=$play ;;
test) wanted="$play $test" ;;
coverage) wanted="$play $test gcovr" ;;
deb) wanted="$play $deb" ;;
tarball) wanted="$play $release" ;;
languages) wanted=$languages ;;
browser) wanted=$browser ;;
compilers) wanted="$play $compilers" ;;
*)
    echo "usage: packages.sh play|test|coverage|deb|tarball|languages|browser|compilers" >&2
    exit 2
    ;;
esac

command -v apt-get >/dev/null || {
    echo "packages.sh: no apt-get here; install the equivalents of: $wanted" >&2
    exit 0
}
missing=
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "packages.sh: run as root, or install sudo, to get:$missing" >&2
        exit 1
    }
    as_root=sudo
fi
echo "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
