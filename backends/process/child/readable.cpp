// SPDX-License-Identifier: MIT
#include "readable.h"

#include "base/environment.h"
#include "base/folder.h"
#include "process/build_tools.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>

namespace fkvm {
namespace {

namespace stdfs = std::filesystem;

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
                                         "/etc/ld.so.cache",
                                         "/dev/null",
                                         "/dev/urandom"};

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
        std::error_code ec;
        const std::string target = stdfs::canonical(link, ec).string();
        const auto covers = [&](const std::string &root) {
            return target == root || (target.starts_with(root) && target[root.size()] == '/');
        };
        if (!ec && std::none_of(roots_.begin(), roots_.end(), covers)) roots_.push_back(target);
    }

    std::vector<std::string> &roots_;
    int entries_ = 0;
};

// The folder before the first "?" of each template.
void add_module_paths(const char *templates, std::vector<std::string> *paths) {
    for (const char *at = templates; at && *at;) {
        const size_t size = std::strcspn(at, ";");
        const std::string_view entry(at, size);
        const size_t end = entry.substr(0, entry.find('?')).rfind('/');
        if (end != std::string_view::npos)
            paths->emplace_back(entry.substr(0, std::max<size_t>(end, 1)));
        at += size + (at[size] != '\0');
    }
}

} // namespace

std::vector<std::string> readable_paths(const char *directory, const char *script) {
    std::error_code ec;
    std::vector<std::string> paths{stdfs::canonical(directory, ec).string()};
    if (script) {
        const auto folder =
            stdfs::canonical(stdfs::path(directory) / script, ec).parent_path().string();
        if (!ec && folder != paths[0]) paths.push_back(folder);
    }
    Links(&paths).follow();
    for (const char *name : {"LUA_PATH", "LUA_PATH_5_4"})
        add_module_paths(environment(name), &paths);
    for (const char *path : of_the_system) paths.emplace_back(path);
    if (spares_tools) paths.emplace_back(folder_of_tools);
    return paths;
}

} // namespace fkvm
