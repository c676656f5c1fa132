// SPDX-License-Identifier: MIT
#include "reach.h"

#include "environment.h"
#include "folder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <sys/stat.h>

namespace fkvm {
namespace {

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

bool covers(std::string_view folder, std::string_view path) noexcept {
    if (folder == "/") return true;
    return !folder.empty() && path.starts_with(folder) &&
           (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string folder_of(const std::string &path) {
    return path.substr(0, std::max<size_t>(path.rfind('/'), 1));
}

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
        const OpenFolder folder(::opendir(path.c_str()));
        for (const dirent *entry;
             folder && (entry = ::readdir(folder.get())) && ++entries_ < most_entries;) {
            if (entry->d_name[0] == '.') continue;
            const std::string inside = path + "/" + entry->d_name;
            const unsigned char type = type_of(inside, *entry);
            if (type == DT_LNK) add(inside);
            if (type == DT_DIR && depth < deepest) scan(inside, depth + 1);
        }
    }

    static unsigned char type_of(const std::string &path, const dirent &entry) noexcept {
        if (entry.d_type != DT_UNKNOWN) return entry.d_type;
        struct stat status;
        if (::lstat(path.c_str(), &status) != 0) return DT_UNKNOWN;
        return S_ISLNK(status.st_mode) ? DT_LNK : S_ISDIR(status.st_mode) ? DT_DIR : DT_REG;
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
        const size_t end = entry.substr(0, entry.find('?')).rfind('/');
        if (end != 0 && end != std::string_view::npos) folders.emplace_back(entry.substr(0, end));
        at += size + (at[size] != '\0');
    }
    return folders;
}

} // namespace

std::string real_path(const std::string &path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           std::free);
    return real ? real.get() : "";
}

bool is_too_wide(const std::string &folder) {
    if (folder == "/" || folder == "/root" || folder == "/home") return true;
    if (folder_of(folder) == "/home") return true;
    const char *home = environment("HOME");
    return home && covers(folder, real_path(home));
}

Reach::Reach(const char *directory, const char *script, bool follow_links) {
    own_.push_back(real_path(directory));
    if (script) {
        const std::string file =
            *script == '/' ? std::string(script) : std::string(directory) + "/" + script;
        add(real_path(folder_of(file)));
        add(real_path(file)); // it may be a link, which whoever chose it knows
    }
    if (follow_links) Links(&own_).follow();
    for (const char *name : {"LUA_PATH", "LUA_PATH_5_4"}) add_modules(environment(name));
}

void Reach::add_modules(const char *templates) {
    for (const std::string &folder : module_folders(templates)) {
        const bool is_absolute = folder.starts_with('/');
        const std::string real = real_path(is_absolute ? folder : own_.front() + "/" + folder);
        if (!is_too_wide(real)) add(real);
    }
}

void Reach::add(std::string path) {
    if (!path.empty() && !holds(path)) own_.push_back(std::move(path));
}

bool Reach::holds(const std::string &path) const noexcept {
    const auto has = [&](std::string_view folder) { return covers(folder, path); };
    return !path.empty() && (std::any_of(own_.begin(), own_.end(), has) ||
                             std::any_of(std::begin(of_the_system), std::end(of_the_system), has));
}

std::vector<std::string> Reach::paths() const {
    std::vector<std::string> result = own_;
    result.insert(result.end(), std::begin(of_the_system), std::end(of_the_system));
    return result;
}

} // namespace fkvm
