// SPDX-License-Identifier: MIT
// The worker's side: sets of scripts in a folder, each under its id, whole or not there.
//
//   FOLDER/files/ab/cdef...   each content once, by its SHA-256, 0444
//   FOLDER/sets/ID/           a set: hard links to them (copies, where links fail), folders 0555
//
// Several processes may use one folder. Any thread may use a store.
#pragma once

#include "base/fd.h"
#include "manifest.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace fkvm {

class IncomingSet;

class ScriptStore {
  public:
    struct Swept {
        size_t sets = 0, files = 0; // files: contents
        uint64_t bytes = 0;         // of the contents
    };

    explicit ScriptStore(const std::string &folder); // made if it is missing. Throws ScriptsError

    bool has(const Digest &id) const;
    std::string path(const Digest &id) const; // of its folder; "": not there. Counts as a use

    // A set that is to be kept. manifest comes from a stranger. Throws ScriptsError: it is not what
    // id names, breaks a rule, or there is no room.
    std::unique_ptr<IncomingSet> begin(const Digest &id, std::string_view manifest) const;

    // Removes sets that are not in keep and were not used for so long, contents that are as old and
    // in no set, and what processes that ended left half done an hour ago. Throws ScriptsError.
    Swept sweep(const std::vector<Digest> &keep, std::chrono::seconds unused_for) const;

    const std::string &folder() const noexcept { return folder_; }

  private:
    friend class IncomingSet;

    std::string folder_;
    Fd files_, sets_;
};

} // namespace fkvm
