#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian packages: `deb.sh [FOLDER]` builds them in FOLDER (build/deb), out of the tree, and looks at them with lintian, where it is.
# FK_DEB_DEPENDS=installed leaves out the installation of what they need.
set -eu
cd "$(dirname "$0")/.."
. packaging/source.sh
mkdir -p "${1:-build/deb}"
folder=$(cd "${1:-build/deb}" && pwd)

[ "${FK_DEB_DEPENDS:-}" = installed ] || sh test/packages.sh deb
copy_source "$folder/fkvm"
cp -a packaging/debian "$folder/fkvm/debian"
cd "$folder/fkvm"

# Functions that no release has yet: the packages are from before the one that will.
next=$(sed -n 's/.*@FKVM_\([0-9.]*\) .*/\1/p' debian/libfkvm1.symbols | sort -V | tail -1).0
! dpkg --compare-versions "$next" gt "$(version)" || sed -i "1s/(.*)/($next~snapshot-1)/" debian/changelog

dpkg-buildpackage --build=binary --no-sign
cd ..
if command -v lintian >/dev/null; then
    lintian --fail-on error --suppress-tags initial-upload-closes-no-bugs ./fkvm_*.changes
else
    echo "deb.sh: not looked at by lintian, which is not here"
fi
ls ./*.deb
