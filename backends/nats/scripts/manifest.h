// SPDX-License-Identifier: MIT
// The list of what is in a set of scripts. Its SHA-256 names the set. The text, in the order of
// the paths, where '/' comes before any other byte:
//
//   "fkvm scripts 1\n", then for each file "F " SHA-256 " " size " " path NUL,
//   and for each link "L " path NUL target NUL
//
// Folders are there because something lies in them. A set has one text alone.
#pragma once

#include "digest.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fkvm {

struct ScriptBounds {
    static constexpr size_t names = 100'000; // files, links and folders
    static constexpr uint64_t bytes = uint64_t{1} << 30;
    static constexpr size_t depth = 64; // names in a path
    static constexpr size_t path = 1'000, name = 255;
    static constexpr size_t manifest = 32 << 20;
};

struct ScriptEntry {
    std::string path;
    std::string target; // of a link; a file has none
    uint64_t size = 0;  // of a file
    Digest hash;        // of its content

    bool is_link() const noexcept { return !target.empty(); }
    bool operator==(const ScriptEntry &) const = default;
};

struct ScriptSet {
    Digest id; // of the manifest
    std::string manifest;
    std::vector<ScriptEntry> entries; // in the order of their paths
    uint64_t bytes = 0;               // of all files

    const ScriptEntry *find(std::string_view path) const noexcept; // a file or a link, or nullptr
};

// Of entries in order. Throws ScriptsError if they break a rule or a bound, and std::bad_alloc, as
// the next.
ScriptSet make_script_set(std::vector<ScriptEntry> entries);

// Of a text that a stranger may have written: each path is relative and has no part that is empty
// or begins with a dot, nothing is there twice or lies below a file or a link, links lead to what
// is in the set, sizes keep the bounds.
ScriptSet read_script_set(std::string_view manifest);

// Whether a link may be in a set: "../" as often as there are folders above it, then names.
bool stays_inside(std::string_view path, std::string_view target) noexcept;

bool is_before(std::string_view path, std::string_view other) noexcept; // in the order of paths

} // namespace fkvm
