// SPDX-License-Identifier: MIT
// Libraries that are loaded while the program runs, and which one a function belongs to.
#pragma once

#include <string>

namespace fkvm {

#if defined(_WIN32)
constexpr const char library_suffix[] = ".dll";
#else
constexpr const char library_suffix[] = ".so"; // on macOS, too: as Lua's modules and our plug-ins
#endif

// Never unloaded. nullptr: *problem says why. Throws std::bad_alloc.
void *load_library(const std::string &path, std::string *problem);
void *find_symbol(void *library, const char *name) noexcept; // nullptr: it has none

struct LoadedFrom {
    const void *base; // equal: the same library. nullptr: unknown
    std::string file;
};
LoadedFrom loaded_from(const void *address); // throws std::bad_alloc

// Lets libraries that are loaded later find its functions. False: it cannot.
bool show_to_others(const LoadedFrom &library) noexcept;

// What such a library would find by that name. nullptr: nothing.
const void *shown_symbol(const char *name) noexcept;

} // namespace fkvm
