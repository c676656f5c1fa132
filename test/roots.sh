#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's commands on fresh Debians: `roots.sh [SUITE...]`, by default bookworm, trixie and sid. Each gets a root of its own
# by debootstrap in $FK_ROOTS (/var/tmp/fkvm-roots), which is kept for the next time; the tree there is always a fresh clone.
# Needs root, debootstrap, the network, and 4 GB for each. FK_ROOTS_RUN is what runs there.
set -eu
cd "$(dirname "$0")/.."
tree=$PWD
roots=${FK_ROOTS:-/var/tmp/fkvm-roots}
run=${FK_ROOTS_RUN:-sh examples/play.sh && sh test/run.sh}

[ "$(id -u)" -eq 0 ] || { echo "roots.sh: run it as root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "roots.sh: install debootstrap" >&2; exit 2; }

mounted=
leave() {
    for place in $mounted; do umount -l "$place"; done
    mounted=
}
trap leave EXIT INT TERM

enter() { # the root's folder
    for place in proc dev dev/pts; do
        mount --bind "/$place" "$1/$place"
        mounted="$1/$place $mounted"
    done
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    rm -rf "$1/srv/fkvm"
    git clone --quiet "$tree" "$1/srv/fkvm"
}

failed=
for suite in ${*:-bookworm trixie sid}; do
    root=$roots/$suite
    mkdir -p "$roots"
    [ -x "$root/usr/bin/dpkg" ] || debootstrap --variant=minbase --include=ca-certificates,git "$suite" "$root" >/dev/null
    enter "$root"
    printf '\n== %s ==\n' "$suite"
    if chroot "$root" sh -c "cd /srv/fkvm && { $run; }"; then
        echo "$suite: passed"
    else
        echo "$suite: failed"
        failed="$failed $suite"
    fi
    leave
done
[ -z "$failed" ] || { echo "roots.sh: failed on:$failed" >&2; exit 1; }
