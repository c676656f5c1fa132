// SPDX-License-Identifier: MIT
// The contents of a store, each under its hash: FOLDER/files/ab/cdef...
#pragma once

#include "digest.h"

#include <cstdint>

namespace fkvm {

// All return 0, or an errno.

// A content as `name` in `folder`. ENOENT: it is not there, or not of this size.
int take_content(int files, const Digest &hash, uint64_t size, int folder, const char *name);

// What is `name` in `folder` becomes the content of this hash, if there is none of this size.
int keep_content(int files, const Digest &hash, uint64_t size, int folder, const char *name);

// A hard link, or a copy where links fail.
int link_or_copy(int from, const char *name, int to, const char *new_name);

} // namespace fkvm
