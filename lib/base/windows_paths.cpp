// SPDX-License-Identifier: MIT
#include "windows_paths.h"

#include "utf8.h"

#include <algorithm>
#include <vector>

namespace fkvm::windows {
namespace {

bool is_separator(char c) noexcept { return c == '/' || c == '\\'; }
char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
bool is_letter(char c) noexcept { return upper(c) >= 'A' && upper(c) <= 'Z'; }

bool equal(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return upper(x) == upper(y); });
}

size_t end_of_part(std::string_view path, size_t at) noexcept {
    while (at < path.size() && !is_separator(path[at])) at++;
    return at;
}

// Calls visit(part) for each part behind the root until it returns false.
template <class Visit>
bool each_part(std::string_view path, Visit visit) {
    for (size_t at = 0; at < path.size(); at++) {
        const size_t end = end_of_part(path, at);
        if (end > at && !visit(path.substr(at, end - at))) return false;
        at = end;
    }
    return true;
}

// Devices answer to their name in any folder, with any ending, and behind spaces.
bool is_device(std::string_view name) noexcept {
    name = name.substr(0, name.find_first_of(".:"));
    while (name.ends_with(' ')) name.remove_suffix(1);
    for (const char *device : {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"})
        if (equal(name, device)) return true;
    if (name.size() < 4 || !(equal(name.substr(0, 3), "COM") || equal(name.substr(0, 3), "LPT")))
        return false;
    const std::string_view number = name.substr(3); // superscript digits count, too
    return (number.size() == 1 && number[0] >= '0' && number[0] <= '9') || number == "\xC2\xB9" ||
           number == "\xC2\xB2" || number == "\xC2\xB3";
}

const char *meaning_of_name(std::string_view name) noexcept {
    if (name == "." || name == "..") return nullptr;
    if (is_device(name)) return " (the name of a device)";
    if (name.find(':') != name.npos) return " (a stream of a file, or another drive)";
    if (name.ends_with('.') || name.ends_with(' '))
        return " (a name that ends with a dot or a space, which Windows drops)";
    const bool odd = std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 32 ||
               std::string_view("<>\"|?*").find(c) != std::string_view::npos;
    });
    return odd ? " (no file has such a name)" : nullptr;
}

bool is_drive(std::string_view path) noexcept {
    return path.size() >= 2 && is_letter(path[0]) && path[1] == ':';
}

} // namespace

std::string_view root_of(std::string_view path) noexcept {
    if (is_drive(path)) return path.substr(0, path.size() > 2 && is_separator(path[2]) ? 3 : 2);
    if (path.empty() || !is_separator(path[0])) return {};
    if (path.size() < 3 || !is_separator(path[1]) || is_separator(path[2]))
        return path.substr(0, 1);
    const size_t share = end_of_part(path, 2) + 1; // "//server/share/"
    if (share >= path.size()) return path;
    return path.substr(0, std::min(end_of_part(path, share) + 1, path.size()));
}

bool is_absolute(std::string_view path) noexcept {
    return root_of(path).size() >= 3; // "C:/" or longer
}

std::string normal(std::string_view directory, std::string_view path) {
    const std::string_view from = root_of(directory), own = root_of(path);
    const bool is_drives_folder = own.size() == 2;
    const bool same_drive = is_drives_folder && equal(own, from.substr(0, 2));
    std::vector<std::string_view> parts;
    const auto add = [&](std::string_view part) {
        if (part == "..") {
            if (!parts.empty()) parts.pop_back();
        } else if (part != ".") {
            parts.push_back(part);
        }
        return true;
    };
    if (own.empty() || same_drive) each_part(directory.substr(from.size()), add);
    each_part(path.substr(own.size()), add);
    std::string result(is_absolute(path) || (is_drives_folder && !same_drive) ? own : from);
    if (result.empty() || !is_separator(result.back())) result += '/';
    std::replace(result.begin(), result.end(), '\\', '/');
    for (size_t i = 0; i < parts.size(); i++) {
        if (i) result += '/';
        result += parts[i];
    }
    return result;
}

const char *meaning(std::string_view path) noexcept {
    if (!is_plain_text(path)) return " (no UTF-8 text, as file names are)";
    const std::string_view root = root_of(path);
    if (root.size() == 2) return " (relative to the folder of a drive)";
    if (root.size() > 3) return " (on another machine, or a name of the system's own)";
    const char *why = nullptr;
    each_part(path.substr(root.size()), [&](std::string_view part) {
        why = meaning_of_name(part);
        return !why;
    });
    return why;
}

} // namespace fkvm::windows
