// SPDX-License-Identifier: MIT
#include "rules.h"

#include "base/utf8.h"
#include "scripts_error.h"

#include <algorithm>
#include <system_error>

namespace fkvm {
namespace {

constexpr const char do_less[] = ": leave only what VMs need in their folder";

size_t folders_above(std::string_view path) noexcept {
    return static_cast<size_t>(std::count(path.begin(), path.end(), '/'));
}

[[noreturn]] void path_too_long(std::string_view path, size_t length, const char *unit,
                                size_t bound) {
    throw ScriptsError("the path '" + plain_text(path.substr(0, 200)) + "' has " +
                       std::to_string(length) + " " + unit + ", the limit is " +
                       std::to_string(bound));
}

} // namespace

void fail_by_system(const std::string &what, int error) {
    throw ScriptsError(what + ": " + std::generic_category().message(error));
}

void ScriptTotals::add_name(std::string_view path) {
    if (++names_ > ScriptBounds::names)
        throw ScriptsError("there are more than " + std::to_string(ScriptBounds::names) +
                           " files, links and folders" + do_less);
    if (path.size() > ScriptBounds::path)
        path_too_long(path, path.size(), "bytes", ScriptBounds::path);
    const size_t depth = folders_above(path) + 1;
    if (depth > ScriptBounds::depth) path_too_long(path, depth, "parts", ScriptBounds::depth);
}

void ScriptTotals::add_bytes(uint64_t size) {
    if (size > ScriptBounds::bytes - bytes_)
        throw ScriptsError("the files have more than " + std::to_string(ScriptBounds::bytes) +
                           " bytes" + do_less);
    bytes_ += size;
}

bool is_before(std::string_view path, std::string_view other) noexcept {
    const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
    return std::lexicographical_compare(path.begin(), path.end(), other.begin(), other.end(),
                                        [&](char a, char b) { return rank(a) < rank(b); });
}

// After a name no ".." may come: that name may be a link, and its folder another one than the text
// says. So what is allowed stays inside whatever other links there are.
bool stays_inside(std::string_view path, std::string_view target) noexcept {
    if (target.empty() || target.front() == '/' || target.size() > ScriptBounds::path) return false;
    size_t above = folders_above(path);
    bool named = false;
    for (size_t begin = 0, end; begin <= target.size(); begin = end + 1) {
        end = std::min(target.find('/', begin), target.size());
        const std::string_view part = target.substr(begin, end - begin);
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            if (named || above-- == 0) return false;
        } else if (part.front() == '.' || part.size() > ScriptBounds::name ||
                   part.find('\0') != part.npos) {
            return false;
        } else {
            named = true;
        }
    }
    return true;
}

} // namespace fkvm
