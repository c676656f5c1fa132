#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes one target: `run.sh NAME MINUTES`. New inputs go to build/fuzz/found-NAME, a crash to build/fuzz/crash-*.
# `run.sh merge NAME` adds what was found to the corpus, least files first; `run.sh coverage` reports what the
# corpora reach of the sources they are about, `run.sh edges` how many of the edges that any input found so far reaches.
set -eu
cd "$(dirname "$0")/../.."
names="json rpc lua options"
build=build/fuzz
corpus=test/fuzz/corpus

setup() { # folder, options...
    folder=$1
    shift
    [ -f "$folder/build.ninja" ] || CC=${CC:-clang} CXX=${CXX:-clang++} meson setup "$folder" -Dfuzz=true \
        -Dtests=enabled -Dqt=disabled -Dcli=disabled -Droom=disabled -Dserver=disabled -Db_lundef=false "$@" >/dev/null
}

target() {
    case " $names " in *" $1 "*) ;; *) echo "run.sh: no target '$1'; there are: $names" >&2; exit 2 ;; esac
    setup "$build" -Db_sanitize=address,undefined
    ninja -C "$build" --quiet "test/fuzz/fuzz_$1"
    mkdir -p "$build/found-$1"
}

fuzz() {
    target "$1"
    "$build/test/fuzz/fuzz_$1" -max_total_time=$(($2 * 60)) -max_len=1024 -timeout=20 -rss_limit_mb=2048 \
        -use_value_profile=1 -print_final_stats=1 -artifact_prefix="$build/crash-$1-" $(dictionary "$1") \
        "$build/found-$1" "$corpus/$1"
}

dictionary() { [ ! -f "test/fuzz/$1.dict" ] || printf '%s\n' "-dict=test/fuzz/$1.dict"; }

merge() {
    target "$1"
    rm -rf "$build/merged-$1"
    mkdir "$build/merged-$1"
    "$build/test/fuzz/fuzz_$1" -merge=1 -use_counters=0 -max_len=1024 "$build/merged-$1" "$corpus/$1" "$build/found-$1"
    rm -rf "${corpus:?}/$1"
    mv "$build/merged-$1" "$corpus/$1"
    echo "$corpus/$1: $(ls "$corpus/$1" | wc -l) files"
}

coverage() {
    setup build/fuzz-coverage -Dfuzz=false -Dcpp_args="-fprofile-instr-generate -fcoverage-mapping" \
        -Dcpp_link_args=-fprofile-instr-generate
    for name in $names; do
        ninja -C build/fuzz-coverage --quiet "test/fuzz/replay_$name"
        program=build/fuzz-coverage/test/fuzz/replay_$name
        LLVM_PROFILE_FILE="$program.profraw" "$program" "$corpus/$name" >/dev/null
        "${LLVM_PROFDATA:-llvm-profdata}" merge -o "$program.profdata" "$program.profraw"
        echo "== $name"
        "${LLVM_COV:-llvm-cov}" report "$program" -instr-profile="$program.profdata" |
            awk -v wanted="$(sources "$name")" 'BEGIN { split(wanted, list) }
                { for (i in list) if (index($1, list[i])) { print $1, $4 " of", $2, "edges"; all += $2; missed += $3 } }
                END { printf "%.1f %% in all\n", 100 * (all - missed) / all }'
    done
}

reached() { # name, folders... : libFuzzer's count of edges
    name=$1
    shift
    "$build/test/fuzz/fuzz_$name" -runs=0 "$@" 2>&1 | sed -n 's/.*INITED cov: \([0-9]*\) .*/\1/p'
}

edges() {
    for name in $names; do
        target "$name"
        corpus_edges=$(reached "$name" "$corpus/$name")
        all=$(reached "$name" "$corpus/$name" "$build/found-$name")
        echo "$name: $corpus_edges of $all edges, $((corpus_edges * 1000 / all)) per mille"
    done
}

sources() { # what the target is about
    case $1 in
    json) echo lib/wire/json_reader.cpp lib/wire/json_string.cpp lib/wire/json_tags.cpp lib/wire/json_writer.cpp ;;
    rpc) echo lib/wire/rpc_read.cpp lib/wire/rpc_write.cpp ;;
    lua) echo backends/embedded/from_lua.cpp backends/embedded/to_lua.cpp ;;
    options) echo lib/shim/options.cpp lib/shim/abi.h ;;
    esac
}

case "${1:-}" in
coverage) coverage ;;
edges) edges ;;
merge) merge "$2" ;;
"") echo "usage: run.sh NAME MINUTES | merge NAME | coverage | edges; names: $names" >&2; exit 2 ;;
*) fuzz "$1" "${2:-1}" ;;
esac
