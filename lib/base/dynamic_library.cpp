// SPDX-License-Identifier: MIT
#include "dynamic_library.h"

#include <dlfcn.h>

#ifndef RTLD_NODELETE
#define RTLD_NODELETE 0
#endif

namespace fkvm {

void *load_library(const std::string &path, std::string *problem) {
    void *const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) *problem = ::dlerror();
    return library;
}

void *find_symbol(void *library, const char *name) noexcept { return ::dlsym(library, name); }

LoadedFrom loaded_from(const void *address) {
    Dl_info info;
    if (!::dladdr(address, &info) || !info.dli_fname) return {nullptr, {}};
    return {info.dli_fbase, info.dli_fname};
}

bool show_to_others(const LoadedFrom &library) noexcept {
    return !library.file.empty() &&
           ::dlopen(library.file.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
}

const void *shown_symbol(const char *name) noexcept { return ::dlsym(RTLD_DEFAULT, name); }

} // namespace fkvm
