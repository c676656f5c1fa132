// SPDX-License-Identifier: MIT
#include "reach.h"

#include "environment.h"
#include "files.h"
#include "folder.h"
#include "paths.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace fkvm {
namespace {

#if defined(_WIN32)
constexpr std::string_view separators = "/\\";
constexpr const char *const *of_the_system = nullptr;
constexpr size_t system_folders = 0; // Lua has no modules and no time zones there
#else
constexpr std::string_view separators = "/";
constexpr const char *of_the_system[] = {"/lib",
                                         "/lib32",
                                         "/lib64",
                                         "/usr/lib",
                                         "/usr/lib32",
                                         "/usr/lib64",
                                         "/usr/local/lib",
                                         "/usr/share/lua",
                                         "/usr/local/share/lua",
                                         "/usr/share/zoneinfo",
                                         "/etc/localtime",
                                         "/etc/ld.so.cache"};
constexpr size_t system_folders = sizeof of_the_system / sizeof *of_the_system;
#endif

bool is_of_kernel(std::string_view path) noexcept {
    return covers("/proc", path) || covers("/sys", path) || covers("/dev", path);
}

// Finds where the links below the given folders lead, and below what they lead to.
class Links {
  public:
    explicit Links(std::vector<std::string> *roots) noexcept : roots_(*roots) {}

    void follow() {
        for (size_t i = 0; i < roots_.size(); i++)
            scan(std::string(roots_[i]), 0); // a copy: the list grows meanwhile
    }

  private:
    static constexpr int deepest = 3; // folders that are looked into: roots and three levels
    static constexpr int most_entries = 50'000; // a huge tree must not hold up the open

    void scan(const std::string &path, int depth) {
        FolderReader folder(path);
        for (std::string name; folder.next(&name) && ++entries_ < most_entries;) {
            if (name[0] == '.') continue;
            std::string inside = path;
            inside.append("/").append(name);
            const FolderReader::Kind kind = folder.kind();
            if (kind == FolderReader::Link) add(inside);
            if (kind == FolderReader::Folder && depth < deepest) scan(inside, depth + 1);
        }
    }

    void add(const std::string &link) {
        const std::string target = real_path(link);
        const auto holds = [&](const std::string &root) { return covers(root, target); };
        if (!target.empty() && !is_too_wide(target) && !is_of_kernel(target) &&
            std::none_of(roots_.begin(), roots_.end(), holds))
            roots_.push_back(target);
    }

    std::vector<std::string> &roots_;
    int entries_ = 0;
};

// The folder before the first "?" of each template.
std::vector<std::string> module_folders(const char *templates) {
    std::vector<std::string> folders;
    for (const char *at = templates; at && *at;) {
        const size_t size = std::strcspn(at, ";");
        const std::string_view entry(at, size);
        const size_t end = entry.substr(0, entry.find('?')).find_last_of(separators);
        if (end != 0 && end != std::string_view::npos) folders.emplace_back(entry.substr(0, end));
        at += size + (at[size] != '\0');
    }
    return folders;
}

} // namespace

#if defined(_WIN32)
bool is_too_wide(const std::string &folder) {
    if (folder_of(folder) == folder) return true; // a drive, a share
    const char *home = environment(home_variable);
    if (!home) return false;
    const std::string own = real_path(home);
    return covers(folder, own) || (!own.empty() && folder_of(folder) == folder_of(own));
}
#else
bool is_too_wide(const std::string &folder) {
    if (folder == "/" || folder == "/root" || folder == "/home") return true;
    if (folder_of(folder) == "/home") return true;
    const char *home = environment(home_variable);
    return home && covers(folder, real_path(home));
}
#endif

Reach::Reach(const char *directory, const char *script, bool follow_links) {
    own_.push_back(real_path(directory));
    if (script) {
        const std::string file = joined(directory, script);
        add(real_path(folder_of(file)));
        add(real_path(file)); // it may be a link, which whoever chose it knows
    }
    if (follow_links) Links(&own_).follow();
    for (const char *name : {"LUA_PATH", "LUA_PATH_5_4"}) add_modules(environment(name));
}

void Reach::add_modules(const char *templates) {
    for (const std::string &folder : module_folders(templates)) {
        const std::string real = real_path(joined(own_.front(), folder.c_str()));
        if (!is_too_wide(real)) add(real);
    }
}

void Reach::add(std::string path) {
    if (!path.empty() && !holds(path)) own_.push_back(std::move(path));
}

bool Reach::holds(const std::string &path) const noexcept {
    const auto has = [&](std::string_view folder) { return covers(folder, path); };
    return !path.empty() && (std::any_of(own_.begin(), own_.end(), has) ||
                             std::any_of(of_the_system, of_the_system + system_folders, has));
}

std::vector<std::string> Reach::paths() const {
    std::vector<std::string> result = own_;
    result.insert(result.end(), of_the_system, of_the_system + system_folders);
    return result;
}

} // namespace fkvm
