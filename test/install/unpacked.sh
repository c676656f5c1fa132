#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks a tarball of packaging/tarball.sh somewhere, and plays there: `unpacked.sh TARBALL`. Needs nothing but a shell and tar.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
tar -C "$place" -xzf "$1"
unset LD_LIBRARY_PATH FK_VM_HOST FK_VM_COMMAND
cd "$place"/fkvm-*

for backend in embedded process; do
    PATH=$PWD/bin:$PATH FK_VM_BACKEND=$backend fkvm run share/fkvm/cardgame/main.lua --games 3 --json | grep -q '"rooms_ended":3'
    FK_VM_BACKEND=$backend bin/fk-server share/fkvm/cardgame/main.lua --self-play 1 --games 1 --pace 0 --port 0 | grep -q '"games":1'
    echo "unpacked.sh: $backend plays"
done
bin/fk-play --version 2>/dev/null || bin/fk-play --help >/dev/null
[ -d include/fkvm ] && [ -f lib/libfkvm.a ] && [ -f share/doc/fkvm/LICENSE ]

# A program of one's own, where there is a compiler.
if command -v cc >/dev/null && command -v pkg-config >/dev/null; then
    printf '%s\n' '#include <fk_vm.h>' '#include <stdio.h>' \
        'int main(void) { fk_vm_options o = FK_VM_OPTIONS_INIT; fk_vm *vm; o.script = "x.lua";' \
        'if (fk_vm_open(&o, &vm) != FK_OK) return puts(fk_error_last()->message), 1; return fk_vm_close(vm) != FK_OK; }' >x.c
    echo 'print("unpacked.sh: a program of its own runs")' >x.lua
    # shellcheck disable=SC2046
    cc x.c $(PKG_CONFIG_PATH=$PWD/lib/pkgconfig pkg-config --cflags --libs fkvm) -Wl,-rpath,"$PWD/lib" -o x
    ./x
    FK_VM_BACKEND=process ./x
fi
