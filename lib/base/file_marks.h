// SPDX-License-Identifier: MIT
// What a file looked like: enough to see later that it has changed.
#pragma once

#include <cstdint>

namespace fkvm {

// Plain bytes, all of them meaningful: compare with memcmp.
struct FileMark {
    uint64_t device, inode, size, mode; // all 0: it did not exist
    int64_t modified_ns, changed_ns;
    uint64_t listed; // a directory's entries count, not only that it is there
    uint64_t
        recent; // it had just changed and might do so again in the same tick of the clock: equal to nothing
};

FileMark mark_file(const char *path, bool listed) noexcept;
bool is_unchanged(const char *path, const FileMark &mark) noexcept;

} // namespace fkvm
