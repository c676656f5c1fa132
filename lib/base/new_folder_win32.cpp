// SPDX-License-Identifier: MIT
#include "new_folder.h"

#include "files.h"
#include "win32.h"
#include "write.h"

#include <cerrno>
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <system_error>

namespace fkvm {
namespace {

constexpr const char in_it[] = "a folder in it";

void check(int error, const char *what) {
    if (error) throw std::system_error(error, std::generic_category(), what);
}

} // namespace

FolderOfFolders::FolderOfFolders(const std::string &path) : path_(path) {
    FileStatus status;
    check(file_status(path.c_str(), &status) ? 0 : errno, "the folder");
    check(status.kind == FileKind::Folder ? 0 : ENOTDIR, "the folder");
}

void FolderOfFolders::make(const std::string &name) const { // with the rights of the folder above
    const std::wstring path = wide_path(path_ + "/" + name);
    check(::CreateDirectoryW(path.c_str(), nullptr) ? 0 : last_errno(), in_it);
}

void FolderOfFolders::write(const std::string &folder, const char *name,
                            std::string_view text) const {
    const std::wstring path = wide_path(path_ + "/" + folder + "/" + name);
    constexpr int flags = _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT;
    const Fd file(::_wopen(path.c_str(), flags, _S_IREAD | _S_IWRITE));
    check(file ? 0 : errno, name);
    check(write_all(file.get(), text), name);
}

void FolderOfFolders::rename(const std::string &from, const std::string &to) const {
    check(rename_file((path_ + "/" + from).c_str(), (path_ + "/" + to).c_str()), in_it);
}

void FolderOfFolders::remove(const std::string &name,
                             std::initializer_list<const char *> files) const noexcept try {
    const std::string folder = path_ + "/" + name + "/";
    for (const char *file : files) remove_file((folder + file).c_str());
    remove_file((path_ + "/" + name).c_str());
} catch (...) { // out of memory: it stays
}

} // namespace fkvm
