// SPDX-License-Identifier: MIT
#include "files.h"
#include "paths.h"
#include "win32.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

namespace fkvm {
namespace {

constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// To look at: folders, too. Links are followed unless flags say otherwise.
HANDLE open_name(const char *path, DWORD access, DWORD flags = 0) noexcept try {
    const std::wstring name = wide_path(path);
    if (name.empty()) return ::SetLastError(ERROR_FILE_NOT_FOUND), INVALID_HANDLE_VALUE;
    return ::CreateFileW(name.c_str(), access, share_all, nullptr, OPEN_EXISTING,
                         FILE_FLAG_BACKUP_SEMANTICS | flags, nullptr);
} catch (...) {
    return ::SetLastError(ERROR_OUTOFMEMORY), INVALID_HANDLE_VALUE;
}

uint64_t joined(DWORD high, DWORD low) noexcept { return uint64_t{high} << 32 | low; }

int64_t ns(const FILETIME &time) noexcept { // since 1970; Windows counts 100 ns since 1601
    constexpr int64_t offset = 116'444'736'000'000'000;
    return (static_cast<int64_t>(joined(time.dwHighDateTime, time.dwLowDateTime)) - offset) * 100;
}

bool status_of(HANDLE file, FileStatus *status) noexcept {
    BY_HANDLE_FILE_INFORMATION info;
    if (::GetFileType(file) != FILE_TYPE_DISK)
        return *status = {FileKind::Other, 0, 0, 0, 0, 0, 0}, true;
    if (!::GetFileInformationByHandle(file, &info)) return errno = last_errno(), false;
    const bool is_folder = info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
    *status = {is_folder ? FileKind::Folder : FileKind::Regular,
               info.dwVolumeSerialNumber,
               joined(info.nFileIndexHigh, info.nFileIndexLow),
               joined(info.nFileSizeHigh, info.nFileSizeLow),
               info.dwFileAttributes,
               ns(info.ftLastWriteTime),
               ns(info.ftLastWriteTime)};
    return true;
}

bool is_binary(const char *mode) noexcept { return std::strchr(mode, 'b') != nullptr; }

int flags_of(const char *mode) noexcept {
    const bool both = mode[0] && mode[1] == '+';
    const int access = both ? _O_RDWR : *mode == 'r' ? _O_RDONLY : _O_WRONLY;
    const int make = *mode == 'w' ? _O_CREAT | _O_TRUNC : *mode == 'a' ? _O_CREAT | _O_APPEND : 0;
    return access | make | (is_binary(mode) ? _O_BINARY : _O_TEXT) | _O_NOINHERIT;
}

int open_descriptor(const char *path, int flags) noexcept try {
    const std::wstring name = wide_path(path);
    if (name.empty()) return errno = ENOENT, -1;
    return ::_wopen(name.c_str(), flags, _S_IREAD | _S_IWRITE);
} catch (...) {
    return errno = ENOMEM, -1;
}

std::FILE *stream_of(int descriptor, const char *mode) noexcept {
    std::FILE *const stream = ::_fdopen(descriptor, mode);
    if (!stream) ::_close(descriptor);
    return stream;
}

} // namespace

bool file_status(const char *path, FileStatus *status) noexcept {
    const Handle file(open_name(path, FILE_READ_ATTRIBUTES));
    if (!file) return errno = last_errno(), false;
    return status_of(file.get(), status);
}

bool is_named(const char *path) noexcept {
    return static_cast<bool>(
        Handle(open_name(path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT)));
}

std::FILE *open_file(const char *path, const char *mode) noexcept {
    FileStatus status;
    if (*mode == 'r' && file_status(path, &status) && status.kind == FileKind::Folder)
        return errno = EISDIR, nullptr;
    const int file = open_descriptor(path, flags_of(mode));
    return file < 0 ? nullptr : stream_of(file, mode);
}

Fd open_to_append(const char *path) noexcept {
    return Fd(open_descriptor(path, _O_WRONLY | _O_CREAT | _O_APPEND | _O_BINARY | _O_NOINHERIT))
        .above_standard();
}

int remove_file(const char *path) noexcept try {
    const std::wstring name = wide_path(path);
    const DWORD attributes = ::GetFileAttributesW(name.c_str());
    const bool is_folder =
        attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
    if (is_folder ? ::RemoveDirectoryW(name.c_str()) : ::DeleteFileW(name.c_str())) return 0;
    return last_errno();
} catch (...) {
    return ENOMEM;
}

int rename_file(const char *from, const char *to) noexcept try {
    const std::wstring before = wide_path(from), after = wide_path(to);
    return ::MoveFileExW(before.c_str(), after.c_str(), MOVEFILE_REPLACE_EXISTING) ? 0
                                                                                   : last_errno();
} catch (...) {
    return ENOMEM;
}

// No link is followed, and where the file lies is asked for once more: a folder above may have
// become a link meanwhile.
std::FILE *open_regular(const char *path, const char *mode, Refusal *why) noexcept try {
    FileStatus status;
    *why = Refusal::System;
    Handle file(open_name(path, GENERIC_READ, FILE_FLAG_OPEN_REPARSE_POINT));
    if (!file) {
        errno = last_errno();
        if (errno != EACCES) return nullptr;
        const bool is_folder = file_status(path, &status) && status.kind == FileKind::Folder;
        *why = is_folder ? Refusal::Folder : Refusal::Rights;
        return errno = EACCES, nullptr;
    }
    if (!status_of(file.get(), &status)) return nullptr;
    *why = status.kind == FileKind::Folder ? Refusal::Folder : Refusal::NotRegular;
    if (status.kind != FileKind::Regular || (status.mode & FILE_ATTRIBUTE_REPARSE_POINT))
        return nullptr;
    *why = Refusal::System;
    const std::string place = path_of(file.get());
    if (!covers(path, place)) return errno = EACCES, nullptr;
    const bool binary = is_binary(mode);
    const int descriptor = ::_open_osfhandle(reinterpret_cast<intptr_t>(file.get()),
                                             _O_RDONLY | (binary ? _O_BINARY : _O_TEXT));
    if (descriptor < 0) return nullptr;
    file.release();
    return stream_of(descriptor, binary ? "rb" : "r");
} catch (...) {
    *why = Refusal::System;
    return errno = ENOMEM, nullptr;
}

std::string real_path(const std::string &path) {
    const Handle file(open_name(path.c_str(), FILE_READ_ATTRIBUTES));
    if (!file) return errno = last_errno(), "";
    std::string real = path_of(file.get());
    if (real.empty()) errno = last_errno();
    return real;
}

std::string current_folder() {
    std::wstring folder(::GetCurrentDirectoryW(0, nullptr), L'\0');
    folder.resize(::GetCurrentDirectoryW(static_cast<DWORD>(folder.size()), folder.data()));
    return narrow(folder);
}

bool is_in_last_quarter(std::FILE *) noexcept { return false; } // handles are plenty

} // namespace fkvm
