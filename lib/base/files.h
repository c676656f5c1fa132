// SPDX-License-Identifier: MIT
// Files by name. Paths are UTF-8 on every system. Nothing is inherited by child processes.
#pragma once

#include "fd.h"

#include <cstdint>
#include <cstdio>
#include <string>

namespace fkvm {

enum class FileKind { Regular, Folder, Other };

struct FileStatus {
    FileKind kind;
    uint64_t device, inode, size, mode;
    int64_t modified_ns, changed_ns;
};

// Of what a link leads to. False: errno says why.
bool file_status(const char *path, FileStatus *status) noexcept;
bool is_named(const char *path) noexcept; // something is there, if only a link that leads nowhere

// mode as Lua's io.open takes it. nullptr: errno says why.
std::FILE *open_file(const char *path, const char *mode) noexcept;
Fd open_to_append(const char *path) noexcept; // made for its owner alone where it is missing
int remove_file(const char *path) noexcept;   // 0, or an errno
int rename_file(const char *from, const char *to) noexcept;

// Opens what is a regular file of a file system, and nothing else: path has no links. Devices are
// not touched.
enum class Refusal { None, System, Rights, Folder, NotRegular, OfKernel };
std::FILE *open_regular(const char *path, const char *mode, Refusal *why) noexcept;

// Where no link is left, or "" and errno. Throws std::bad_alloc.
std::string real_path(const std::string &path);
std::string current_folder(); // "": errno. Throws std::bad_alloc.

// The last quarter of the process's descriptors is for others than scripts, however many VMs there
// are. The system gives the lowest that is free.
bool is_in_last_quarter(std::FILE *file) noexcept;

} // namespace fkvm
