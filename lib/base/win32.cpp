// SPDX-License-Identifier: MIT
#include "win32.h"

#include <algorithm>
#include <cerrno>

namespace fkvm {
namespace {

// "\\?\C:\x" and "\\?\UNC\server\x" as everybody writes them.
std::wstring_view without_prefix(std::wstring_view path, std::wstring *unc) {
    if (path.starts_with(L"\\\\?\\UNC\\")) return *unc = L"\\\\" + std::wstring(path.substr(8));
    return path.starts_with(L"\\\\?\\") ? path.substr(4) : path;
}

// Each name as the folder has it: GetFinalPathNameByHandle may keep the case that was asked for.
std::wstring as_stored(const std::wstring &path) {
    std::wstring stored(path.size() + 32, L'\0');
    for (;;) {
        const auto room = static_cast<DWORD>(stored.size());
        const DWORD size = ::GetLongPathNameW(path.c_str(), stored.data(), room);
        if (size == 0) return path;
        stored.resize(size);
        if (size < room) return stored;
    }
}

} // namespace

std::wstring wide(std::string_view text) {
    if (text.empty()) return {};
    const auto size = static_cast<int>(text.size());
    const int count =
        ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), size, nullptr, 0);
    std::wstring result(static_cast<size_t>(std::max(count, 0)), L'\0');
    if (count <= 0) return errno = EILSEQ, result;
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, result.data(), count);
    return result;
}

std::string narrow(std::wstring_view text) {
    if (text.empty()) return {};
    const auto size = static_cast<int>(text.size());
    const int count =
        ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
    std::string result(static_cast<size_t>(std::max(count, 0)), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, result.data(), count, nullptr, nullptr);
    return result;
}

std::wstring wide_path(std::string_view path) {
    std::wstring result = wide(path);
    std::replace(result.begin(), result.end(), L'/', L'\\');
    const bool is_drive = result.size() > 2 && result[1] == L':' && result[2] == L'\\';
    return is_drive && result.size() >= MAX_PATH - 12 ? L"\\\\?\\" + result : result;
}

int errno_of(DWORD error) noexcept {
    switch (error) {
    case ERROR_SUCCESS:
        return 0;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
        return ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
        return EACCES;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return EEXIST;
    case ERROR_TOO_MANY_OPEN_FILES:
        return EMFILE;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
        return ENOMEM;
    case ERROR_DIRECTORY:
        return ENOTDIR;
    case ERROR_DIR_NOT_EMPTY:
        return ENOTEMPTY;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return ENOSPC;
    case ERROR_NOT_SAME_DEVICE:
        return EXDEV;
    case ERROR_FILENAME_EXCED_RANGE:
        return ENAMETOOLONG;
    case ERROR_NO_UNICODE_TRANSLATION:
        return EILSEQ;
    default:
        return EIO;
    }
}

std::string path_of(HANDLE file) {
    std::wstring path(MAX_PATH, L'\0');
    for (;;) {
        const auto room = static_cast<DWORD>(path.size());
        const DWORD size = ::GetFinalPathNameByHandleW(file, path.data(), room, 0);
        if (size == 0) return {};
        path.resize(size);
        if (size < room) break;
    }
    std::wstring unc;
    std::string result = narrow(without_prefix(as_stored(path), &unc));
    std::replace(result.begin(), result.end(), '\\', '/');
    return result;
}

} // namespace fkvm
