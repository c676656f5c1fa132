// SPDX-License-Identifier: MIT
#include "folder.h"

#include "win32.h"

#include <cerrno>

namespace fkvm {

struct FolderReader::System {
    WIN32_FIND_DATAW entry;
    HANDLE search;
    bool is_first = true;

    explicit System(const std::wstring &pattern)
        : search(::FindFirstFileW(pattern.c_str(), &entry)) {}
    ~System() {
        if (search != INVALID_HANDLE_VALUE) ::FindClose(search);
    }
};

FolderReader::FolderReader(const std::string &path) {
    system_ = std::make_unique<System>(wide_path(path + "/*"));
    if (system_->search == INVALID_HANDLE_VALUE) error_ = last_errno();
}

FolderReader::~FolderReader() = default;

bool FolderReader::next(std::string *name) {
    while (!error_ && (system_->is_first || ::FindNextFileW(system_->search, &system_->entry))) {
        system_->is_first = false;
        const std::wstring_view found(system_->entry.cFileName);
        if (found == L"." || found == L"..") continue;
        return *name = narrow(found), true;
    }
    return false;
}

FolderReader::Kind FolderReader::kind() {
    const DWORD attributes = system_->entry.dwFileAttributes;
    return attributes & FILE_ATTRIBUTE_REPARSE_POINT ? Link
           : attributes & FILE_ATTRIBUTE_DIRECTORY   ? Folder
                                                     : Else;
}

} // namespace fkvm
