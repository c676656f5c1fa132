// SPDX-License-Identifier: MIT
#include "incoming_set.h"

#include "base/utf8.h"
#include "base/write.h"
#include "below.h"
#include "contents.h"
#include "scripts_error.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace fkvm {

IncomingSet::IncomingSet(const ScriptStore &store, ScriptSet set)
    : store_(store), set_(std::move(set)), tree_(store.sets_.get(), store.folder()) {
    build();
    check_room();
}

IncomingSet::~IncomingSet() {
    const auto is_whole = [](const auto &content) { return content.second.is_whole(); };
    if (state_ == State::Open && std::any_of(contents_.begin(), contents_.end(), is_whole) &&
        ::syncfs(tree_.top()) == 0)
        keep_contents();
}

void IncomingSet::fail_to_write(int error) const {
    const bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    const std::string place = plain_text(store_.folder());
    if (!is_full) fail_by_system("scripts cannot be written to " + place, error);
    fail_by_system("there is no room in " + place + " for scripts that need " +
                       std::to_string(bytes_needed_) + " bytes more there",
                   error);
}

// What the store has is linked at once: from then on it stays, whatever is swept.
void IncomingSet::build() {
    for (uint32_t i = 0; i < set_.entries.size(); i++) {
        const ScriptEntry &entry = set_.entries[i];
        const int folder = tree_.make_parent(entry.path);
        if (folder < 0) fail_to_write(errno);
        const std::string name = last_part(entry.path);
        if (!entry.is_link())
            place_file(folder, name.c_str(), i);
        else if (::symlinkat(entry.target.c_str(), folder, name.c_str()) != 0)
            fail_to_write(errno);
    }
    for (const Missing &content : missing_) bytes_missing_ += content.size;
    bytes_needed_ = bytes_missing_;
}

void IncomingSet::place_file(int folder, const char *name, uint32_t index) {
    const ScriptEntry &entry = set_.entries[index];
    if (entry.size == 0) {
        const Fd file(::openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
        if (!file || ::fchmod(file.get(), 0444) != 0) fail_to_write(errno);
        return;
    }
    auto known = contents_.find(entry.hash);
    if (known == contents_.end()) {
        const int error = take_content(store_.files_.get(), entry.hash, entry.size, folder, name);
        if (error == 0) return;
        if (error != ENOENT) fail_to_write(error);
        known = contents_.try_emplace(entry.hash, Content{entry.size, {}}).first;
        missing_.push_back({entry.hash, entry.size});
    }
    if (known->second.size != entry.size)
        throw ScriptsError("the path '" + plain_text(entry.path) +
                           "' has another size than a file with the same hash");
    known->second.places.push_back(index);
}

void IncomingSet::check_room() const {
    struct statvfs disk;
    if (::fstatvfs(tree_.top(), &disk) != 0) return;
    const uint64_t block = std::max<uint64_t>(disk.f_frsize, 1);
    uint64_t blocks = 0;
    for (const Missing &content : missing_) blocks += (content.size + block - 1) / block;
    if (blocks > disk.f_bavail) fail_to_write(ENOSPC);
}

uint64_t IncomingSet::taken(const Digest &hash) const {
    const auto known = contents_.find(hash);
    return known == contents_.end() ? 0 : known->second.taken;
}

void IncomingSet::take(const Digest &hash, uint64_t offset, std::string_view bytes) {
    if (state_ != State::Open) throw ScriptsError("these scripts are no longer taken");
    state_ = State::Failed;
    const auto known = contents_.find(hash);
    if (known == contents_.end())
        throw ScriptsError("a file came that nobody asked for: " + hash.hex());
    Content &content = known->second;
    if (offset > content.taken)
        throw ScriptsError("a piece of the file " + hash.hex() + " is missing: after " +
                           std::to_string(content.taken) + " bytes came those from " +
                           std::to_string(offset));
    bytes.remove_prefix(std::min<uint64_t>(bytes.size(), content.taken - offset));
    if (bytes.size() > content.size - content.taken && !content.is_whole())
        throw ScriptsError("the file " + hash.hex() + " has more than its " +
                           std::to_string(content.size) + " bytes");
    if (!bytes.empty() && !content.is_whole()) write(hash, content, bytes);
    state_ = State::Open;
}

void IncomingSet::write(const Digest &hash, Content &content, std::string_view bytes) {
    if (!content.file) open(content);
    content.sum->add(bytes);
    const int error = write_all(content.file.get(), bytes);
    if (error) fail_to_write(error);
    if (content.taken + bytes.size() == content.size) complete(hash, content);
    content.taken += bytes.size();
    bytes_missing_ -= bytes.size();
}

void IncomingSet::open(Content &content) {
    if (open_ == max_open)
        throw ScriptsError("more than " + std::to_string(max_open) + " files come at once");
    const std::string &path = set_.entries[content.places.front()].path;
    const int folder = tree_.make_parent(path);
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    if (folder >= 0)
        content.file = Fd(::openat(folder, last_part(path).c_str(), flags, 0600)).above_standard();
    if (!content.file) fail_to_write(errno);
    content.sum = std::make_unique<Sha256>();
    open_++;
}

void IncomingSet::complete(const Digest &hash, Content &content) {
    const std::string &first = set_.entries[content.places.front()].path;
    if (content.sum->finish() != hash)
        throw ScriptsError("'" + plain_text(first) +
                           "' is not what its hash says: it has changed on its way");
    if (::fchmod(content.file.get(), 0444) != 0) fail_to_write(errno);
    content.file.reset();
    content.sum.reset();
    open_--;
    if (content.places.size() == 1) return;
    const Fd from = open_parent_below(tree_.top(), first);
    for (size_t i = 1; i < content.places.size(); i++) {
        const std::string &path = set_.entries[content.places[i]].path;
        const int to = tree_.make_parent(path);
        const int error = !from || to < 0 ? errno
                                          : link_or_copy(from.get(), last_part(first).c_str(), to,
                                                         last_part(path).c_str());
        if (error) fail_to_write(error);
    }
}

// What has come under its hash is what others take for whole: call syncfs() before.
void IncomingSet::keep_contents() noexcept {
    try {
        for (const auto &[hash, content] : contents_) {
            if (!content.is_whole()) continue;
            const std::string &path = set_.entries[content.places.front()].path;
            const Fd folder = open_parent_below(tree_.top(), path);
            if (folder)
                keep_content(store_.files_.get(), hash, content.size, folder.get(),
                             last_part(path).c_str());
        }
    } catch (const std::exception &) { // the set is as good without; a later one asks again
    }
}

std::string IncomingSet::finish() {
    if (state_ != State::Open) throw ScriptsError("these scripts are no longer taken");
    if (bytes_missing_)
        throw ScriptsError("the scripts are not complete: " + std::to_string(bytes_missing_) +
                           " bytes are missing");
    const std::string name = set_.id.hex();
    int error = tree_.seal();
    if (!error && ::syncfs(tree_.top()) != 0) error = errno;
    if (error) fail_to_write(error);
    keep_contents();
    error = tree_.rename(name.c_str());
    if (error && error != EEXIST) fail_to_write(error);
    tree_.remove();
    ::fsync(store_.sets_.get());
    state_ = State::Finished;
    std::string path = store_.path(set_.id);
    if (path.empty())
        throw ScriptsError("the scripts were removed as soon as they were there: ask again");
    return path;
}

} // namespace fkvm
