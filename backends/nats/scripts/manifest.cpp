// SPDX-License-Identifier: MIT
#include "manifest.h"

#include "base/utf8.h"
#include "rules.h"
#include "scripts_error.h"

#include <algorithm>
#include <charconv>

namespace fkvm {
namespace {

constexpr std::string_view header = "fkvm scripts 1\n", any_header = "fkvm scripts ";

std::string quoted(std::string_view path) { return "'" + plain_text(path) + "'"; }

[[noreturn]] void refuse(std::string_view path, const char *why) {
    throw ScriptsError("the path " + quoted(path.substr(0, 200)) + " " + why);
}

void check_parts(std::string_view path) {
    for (size_t begin = 0, end; begin <= path.size(); begin = end + 1) {
        end = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, end - begin);
        if (part.empty()) refuse(path, "has a part without a name, or is absolute");
        if (part.front() == '.') refuse(path, "has a part that begins with a dot");
        if (part.size() > ScriptBounds::name) refuse(path, "has a part of more than 255 bytes");
    }
    if (path.find('\0') != path.npos) refuse(path, "has a NUL");
}

// One entry after the other, in order: what lies below an entry would follow it at once.
class Rules {
  public:
    void take(const ScriptEntry &entry) {
        check_parts(entry.path);
        check_place(entry.path);
        add_names(entry.path);
        if (entry.is_link()) {
            if (!stays_inside(entry.path, entry.target))
                refuse(entry.path, "is a link that leads out");
        } else {
            if (entry.size == 0 && entry.hash != empty_)
                refuse(entry.path, "has no bytes but a hash");
            totals_.add_bytes(entry.size);
        }
        last_ = entry.path;
    }
    uint64_t bytes() const noexcept { return totals_.bytes(); }

  private:
    void check_place(std::string_view path) const {
        if (last_.empty()) return;
        if (path == last_) refuse(path, "is there twice");
        if (!is_before(last_, path)) refuse(path, "is not in its place: paths are sorted");
        if (path.starts_with(last_) && path[last_.size()] == '/')
            refuse(path, "lies below what is no folder");
    }
    void add_names(std::string_view path) {
        const auto differs = std::mismatch(path.begin(), path.end(), last_.begin(), last_.end());
        auto at = static_cast<size_t>(differs.first - path.begin());
        while ((at = path.find('/', at)) != path.npos) totals_.add_name(path.substr(0, at++));
        totals_.add_name(path);
    }

    const Digest empty_ = digest_of("");
    ScriptTotals totals_;
    std::string_view last_;
};

std::string text_of(const std::vector<ScriptEntry> &entries) {
    std::string text(header);
    for (const ScriptEntry &entry : entries) {
        if (entry.is_link())
            text.append("L ").append(entry.path) += '\0';
        else
            text.append("F " + entry.hash.hex() + " " + std::to_string(entry.size) + " ");
        text.append(entry.is_link() ? entry.target : entry.path) += '\0';
        if (text.size() > ScriptBounds::manifest)
            throw ScriptsError("the list of all paths has more than " +
                               std::to_string(ScriptBounds::manifest) +
                               " bytes: leave only what VMs need in their folder");
    }
    return text;
}

class Reader {
  public:
    explicit Reader(std::string_view text) : left_(text) {
        if (text.size() > ScriptBounds::manifest) broken("is too long");
        if (text.starts_with(any_header) && !text.starts_with(header))
            broken("is of another version than 1: bring server and workers to one release");
        if (!text.starts_with(header)) broken("is not one");
        left_.remove_prefix(header.size());
    }
    bool more() const noexcept { return !left_.empty(); }
    ScriptEntry next() {
        ScriptEntry entry;
        const std::string_view kind = until(' ');
        if (kind == "L") {
            entry.path = until('\0');
            entry.target = until('\0');
            if (entry.target.empty()) refuse(entry.path, "is a link that leads nowhere");
        } else if (kind == "F") {
            const auto hash = Digest::of_hex(until(' '));
            if (!hash) broken("has a hash that is none");
            entry.hash = *hash;
            entry.size = number(until(' '));
            entry.path = until('\0');
        } else {
            broken("has an entry of an unknown kind");
        }
        return entry;
    }

  private:
    [[noreturn]] static void broken(const std::string &how) {
        throw ScriptsError("the manifest of the scripts " + how);
    }
    std::string_view until(char end) {
        const size_t at = left_.find(end);
        if (at == left_.npos) broken("ends in the middle of an entry");
        const std::string_view found = left_.substr(0, at);
        left_.remove_prefix(at + 1);
        return found;
    }
    static uint64_t number(std::string_view digits) {
        uint64_t value = 0;
        const char *const end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, value);
        const bool plain = digits == "0" || (!digits.empty() && digits.front() != '0');
        if (read.ec != std::errc() || read.ptr != end || !plain) broken("has a size that is none");
        return value;
    }

    std::string_view left_;
};

} // namespace

ScriptSet make_script_set(std::vector<ScriptEntry> entries) {
    Rules rules;
    for (const ScriptEntry &entry : entries) rules.take(entry);
    ScriptSet set;
    set.entries = std::move(entries);
    set.manifest = text_of(set.entries);
    set.id = digest_of(set.manifest);
    set.bytes = rules.bytes();
    return set;
}

ScriptSet read_script_set(std::string_view manifest) {
    std::vector<ScriptEntry> entries;
    for (Reader reader(manifest); reader.more();) {
        if (entries.size() > ScriptBounds::names) break; // make_script_set says so
        entries.push_back(reader.next());
    }
    return make_script_set(std::move(entries));
}

const ScriptEntry *ScriptSet::find(std::string_view path) const noexcept {
    const auto at = std::lower_bound(entries.begin(), entries.end(), path,
                                     [](const ScriptEntry &entry, std::string_view wanted) {
                                         return is_before(entry.path, wanted);
                                     });
    return at != entries.end() && at->path == path ? &*at : nullptr;
}

} // namespace fkvm
