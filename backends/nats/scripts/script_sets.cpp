// SPDX-License-Identifier: MIT
#include "script_sets.h"

#include "base/files.h"
#include "base/reach.h"
#include "base/utf8.h"
#include "script_folder.h"
#include "scripts_error.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace fkvm {
namespace {

int64_t system_now() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
}

} // namespace

ScriptSets::ScriptSets() : ScriptSets(system_now) {}
ScriptSets::ScriptSets(Clock clock) : clock_(clock) {}
ScriptSets::~ScriptSets() = default;

std::shared_ptr<ScriptFolder> ScriptSets::folder(const std::string &path) {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(folders_.begin(), folders_.end(),
                                    [&](const auto &folder) { return folder->path() == path; });
    if (known != folders_.end())
        folders_.splice(folders_.begin(), folders_, known);
    else
        folders_.push_front(std::make_shared<ScriptFolder>(path, clock_, files_hashed_));
    if (folders_.size() > max_folders) folders_.pop_back();
    return folders_.front();
}

std::shared_ptr<const ScriptSet> ScriptSets::of(const std::string &path) {
    const std::string real = real_path(path);
    if (real.empty()) fail_by_system("there are no scripts in " + plain_text(path), errno);
    if (is_too_wide(real))
        throw ScriptsError(plain_text(real) + " holds more than scripts and does not go to other "
                                              "machines: put them into a folder of their own");
    return folder(real)->look();
}

bool ScriptSets::read(const Digest &hash, uint64_t offset, size_t size, std::string *bytes) {
    std::list<std::shared_ptr<ScriptFolder>> folders;
    {
        const std::lock_guard lock(mutex_);
        folders = folders_;
    }
    size = std::min(size, max_piece);
    return std::any_of(folders.begin(), folders.end(),
                       [&](const auto &folder) { return folder->read(hash, offset, size, bytes); });
}

} // namespace fkvm
