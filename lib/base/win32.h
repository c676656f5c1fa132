// SPDX-License-Identifier: MIT
// Windows' own names and errors, for the files that end in _win32.cpp.
#pragma once

#include <string>
#include <string_view>

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

namespace fkvm {

// UTF-16; "" and errno EILSEQ for bytes that are no UTF-8. Throws std::bad_alloc.
std::wstring wide(std::string_view text);
// UTF-8; what is no UTF-16 becomes U+FFFD. Throws std::bad_alloc.
std::string narrow(std::wstring_view text);

// For files: with the prefix that long paths need. Throws std::bad_alloc.
std::wstring wide_path(std::string_view path);

int errno_of(DWORD error) noexcept; // of GetLastError()
inline int last_errno() noexcept { return errno_of(::GetLastError()); }

class Handle {
  public:
    explicit Handle(HANDLE handle) noexcept : handle_(handle) {}
    ~Handle() {
        if (*this) ::CloseHandle(handle_);
    }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;

    explicit operator bool() const noexcept { return handle_ && handle_ != INVALID_HANDLE_VALUE; }
    HANDLE get() const noexcept { return handle_; }
    HANDLE release() noexcept {
        HANDLE handle = handle_;
        handle_ = nullptr;
        return handle;
    }

  private:
    HANDLE handle_;
};

// Where an open file lies: without links, short names and other spellings. "": GetLastError().
// Throws std::bad_alloc.
std::string path_of(HANDLE file);

} // namespace fkvm
