// SPDX-License-Identifier: MIT
#include "dynamic_library.h"
#include "win32.h"

namespace fkvm {
namespace {

HMODULE module_of(const void *address) noexcept {
    constexpr DWORD flags =
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    HMODULE module = nullptr;
    ::GetModuleHandleExW(flags, static_cast<const wchar_t *>(address), &module);
    return module;
}

std::string text_of(DWORD error) {
    wchar_t text[512];
    const DWORD size =
        ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, error,
                         0, text, sizeof text / sizeof *text, nullptr);
    std::string result = narrow({text, size});
    while (!result.empty() && static_cast<unsigned char>(result.back()) <= ' ') result.pop_back();
    return result.empty() ? "error " + std::to_string(error) : result;
}

} // namespace

// What the library needs is looked for beside it and in the system's folder, nowhere else.
void *load_library(const std::string &path, std::string *problem) {
    const HMODULE library =
        ::LoadLibraryExW(wide_path(path).c_str(), nullptr,
                         LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    if (!library) *problem = text_of(::GetLastError());
    return reinterpret_cast<void *>(library);
}

void *find_symbol(void *library, const char *name) noexcept {
    return reinterpret_cast<void *>(::GetProcAddress(static_cast<HMODULE>(library), name));
}

LoadedFrom loaded_from(const void *address) {
    const HMODULE module = module_of(address);
    wchar_t path[1024];
    const DWORD size = module ? ::GetModuleFileNameW(module, path, 1024) : 0;
    return {reinterpret_cast<const void *>(module), narrow({path, size})};
}

// Each library names those that it takes functions from: there is nothing to show, and nothing to
// hide.
bool show_to_others(const LoadedFrom &) noexcept { return false; }
const void *shown_symbol(const char *) noexcept { return nullptr; }

} // namespace fkvm
