# SPDX-License-Identifier: MIT
# Of deb.sh and tarball.sh: the tree's files, without what was built.
copy_source() { # folder
    rm -rf "$1"
    mkdir -p "$1"
    if [ -e .git ] && command -v git >/dev/null; then
        git -c safe.directory='*' ls-files -z --cached --others --exclude-standard | tar -c --null -T - --ignore-failed-read | tar -x -C "$1"
    else
        tar -c --exclude=./build --exclude="$1" . | tar -x -C "$1"
    fi
}

version() { sed -n "s/^ *version: '\([0-9.]*\)',$/\1/p" meson.build | head -1; }
