#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a folder with the sources of a Debian package, fetched once: `debian_source.sh FOLDER PACKAGE FILE`. FILE is
# one that they must have. Prints nothing where there are none, and says why on standard error.
set -eu
folder=$1/$2 package=$2 file=$3

nothing() {
    echo "debian_source.sh: $1: no sources of $package" >&2
    exit 0
}

ready=$folder/unpacked
if [ ! -f "$ready/$file" ]; then
    command -v apt-get >/dev/null && command -v dpkg-source >/dev/null || nothing "no apt-get or no dpkg-source here"
    rm -rf "$folder"
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/sources.list.d"
    folder=$(cd "$folder" && pwd)
    # This machine's own places for packages, asked for sources: many systems list none.
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >>"$folder/sources.list.d/all.list"
    done
    for list in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"$folder/sources.list.d/$(basename "$list")"
    done
    get() {
        timeout 120 apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/sources.list.d" \
            -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User= "$@" >&2
    }
    get update || nothing "apt-get update failed"
    (cd "$folder" && get source "$package") || nothing "apt-get source $package failed"
    for unpacked in "$folder"/"$package"-*/; do
        [ ! -f "$unpacked/$file" ] || mv "$unpacked" "$ready"
    done
    rm -rf "$folder/lists" "$folder/cache"
    [ -f "$ready/$file" ] || nothing "the source package has no $file"
fi
(cd "$ready" && pwd)
