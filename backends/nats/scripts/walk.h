// SPDX-License-Identifier: MIT
// Looks at all that lies below a folder, and hashes what is not as it was.
#pragma once

#include "rules.h"
#include "script_folder.h"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

struct stat;

namespace fkvm {

HashedMark mark_of(const struct stat &status) noexcept;

class ScriptWalk {
  public:
    ScriptWalk(const std::string &folder, const FolderSnapshot *before, ScriptFolder::Clock clock,
               std::atomic<uint64_t> &files_hashed)
        : folder_(folder), before_(before), clock_(clock), files_hashed_(files_hashed) {}

    void run(); // throws ScriptsError

    std::vector<ScriptEntry> entries;
    std::vector<HashedMark> marks;

  private:
    void visit_folder(int folder);
    void visit(int folder, const char *name);
    void add_link(int folder, const char *name);
    void add_file(int folder, const char *name, HashedMark mark);
    const ScriptEntry *entry_before(HashedMark *mark) noexcept;
    std::optional<Digest> hash(int folder, const char *name, HashedMark *mark);
    [[noreturn]] void fail(const std::string &how) const;

    const std::string &folder_;
    const FolderSnapshot *const before_;
    const ScriptFolder::Clock clock_;
    std::atomic<uint64_t> &files_hashed_;
    ScriptTotals totals_;
    std::string path_;     // of what is looked at
    size_t at_before_ = 0; // the entries of before_ that lie before path_
};

} // namespace fkvm
