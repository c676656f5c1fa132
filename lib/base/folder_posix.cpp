// SPDX-License-Identifier: MIT
#include "folder.h"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <sys/stat.h>

namespace fkvm {

struct FolderReader::System {
    std::string path;
    DIR *folder;
    const dirent *entry = nullptr;

    explicit System(const std::string &of) : path(of), folder(::opendir(path.c_str())) {}
    ~System() {
        if (folder) ::closedir(folder);
    }
};

FolderReader::FolderReader(const std::string &path) : system_(std::make_unique<System>(path)) {
    error_ = system_->folder ? 0 : errno;
}

FolderReader::~FolderReader() = default;

bool FolderReader::next(std::string *name) {
    while (system_->folder && (system_->entry = ::readdir(system_->folder))) {
        const char *const found = system_->entry->d_name;
        if (std::strcmp(found, ".") == 0 || std::strcmp(found, "..") == 0) continue;
        return *name = found, true;
    }
    return false;
}

FolderReader::Kind FolderReader::kind() {
#ifdef DT_UNKNOWN
    const unsigned char type = system_->entry->d_type;
    if (type != DT_UNKNOWN) return type == DT_LNK ? Link : type == DT_DIR ? Folder : Else;
#endif
    struct stat status;
    const std::string path = system_->path + "/" + system_->entry->d_name;
    if (::lstat(path.c_str(), &status) != 0) return Else;
    return S_ISLNK(status.st_mode) ? Link : S_ISDIR(status.st_mode) ? Folder : Else;
}

} // namespace fkvm
