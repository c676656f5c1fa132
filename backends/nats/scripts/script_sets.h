// SPDX-License-Identifier: MIT
// The server's side: what scripts lie below a folder now, and their bytes for who lacks them.
// Asking again costs one stat a file. Any thread may ask.
#pragma once

#include "manifest.h"

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace fkvm {

class ScriptFolder;

class ScriptSets {
  public:
    using Clock = int64_t (*)(); // ns since 1970, as files have it
    static constexpr size_t max_piece = 1 << 20;
    static constexpr size_t max_folders = 64; // the one that was asked for longest ago is forgotten

    ScriptSets();
    explicit ScriptSets(Clock clock); // for tests
    ~ScriptSets();

    // Left out are names that begin with a dot, what is no file, folder or link, and folders with
    // nothing in them. A link that leads out of the folder, or to what is left out, is an error:
    // without it a VM elsewhere would lack something, and nobody would know.
    // Throws ScriptsError and std::bad_alloc.
    std::shared_ptr<const ScriptSet> of(const std::string &folder);

    // Bytes of a file of a set that of() gave, as many as there are from offset, up to size and
    // max_piece. false: it is not there any more, or not as it was. Throws std::bad_alloc alone.
    bool read(const Digest &hash, uint64_t offset, size_t size, std::string *bytes);

    uint64_t files_hashed() const noexcept { return files_hashed_; }

  private:
    std::shared_ptr<ScriptFolder> folder(const std::string &path);

    const Clock clock_;
    std::atomic<uint64_t> files_hashed_{0};
    std::mutex mutex_; // for what follows; folders have locks of their own
    std::list<std::shared_ptr<ScriptFolder>> folders_; // the last one asked for first
};

} // namespace fkvm
