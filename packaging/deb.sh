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

dpkg-buildpackage --build=binary --no-sign
cd ..
if command -v lintian >/dev/null; then
    lintian --fail-on error --suppress-tags initial-upload-closes-no-bugs ./fkvm_*.changes
else
    echo "deb.sh: not looked at by lintian, which is not here"
fi
ls ./*.deb
