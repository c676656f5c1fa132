// SPDX-License-Identifier: MIT
// Plug-ins: where they are looked for, and what is checked before one is believed.
#include "plugin.h"

#include "base/dynamic_library.h"
#include "base/environment.h"
#include "base/folder.h"
#include "base/paths.h"
#include "error.h"
#include "released.h"

#include <algorithm>
#include <cstddef>
#include <sstream>

namespace fkvm {
namespace {

std::vector<std::string> folders() {
    std::vector<std::string> result;
    if (const char *path = environment("FK_VM_BACKEND_PATH")) {
        std::stringstream parts(path);
        for (std::string part; std::getline(parts, part, path_list_separator);)
            if (!part.empty()) result.push_back(part);
    }
    if (is_privileged()) return result;
    // Of a static library's program: what its caller says.
    const LoadedFrom here = loaded_from(reinterpret_cast<const void *>(&fk_vm_open));
    if (here.base) result.push_back(here.file.substr(0, name_in(here.file)) + "fkvm");
    return result;
}

const fk_backend *refuse(const std::string &path, const std::string &why) {
    fail(FK_NO_BACKEND, "the plug-in '" + path + "' cannot be used: " + why);
    return nullptr;
}

const fk_backend *check(const std::string &path, const fk_backend *b) {
    if (!b)
        return refuse(path, "it does not serve backend ABI " + std::to_string(FK_BACKEND_ABI) +
                                ", which this libfkvm has: build it against the installed headers");
    if (b->abi != FK_BACKEND_ABI)
        return refuse(path, "its table has backend ABI " + std::to_string(b->abi) +
                                ", this libfkvm has " + std::to_string(FK_BACKEND_ABI) +
                                ": build it against the installed headers");
    if (b->size < released::backend)
        return refuse(path, "its table has " + std::to_string(b->size) + " bytes, at least " +
                                std::to_string(released::backend) +
                                " are needed: set size to sizeof(fk_backend)");
    const char *missing = !b->name    ? "name"
                          : !b->open  ? "open"
                          : !b->call  ? "call"
                          : !b->close ? "close"
                                      : nullptr;
    if (missing)
        return refuse(path, std::string("its table lacks '") + missing + "', which is mandatory");
    return b;
}

} // namespace

std::vector<Plugin> find_plugins() {
    constexpr std::string_view prefix = "libfkvm-", suffix = library_suffix;
    std::vector<Plugin> found;
    for (const std::string &folder : folders()) {
        int error;
        for (const std::string &file : names_in(folder, &error)) {
            if (file.size() <= prefix.size() + suffix.size() || !file.starts_with(prefix) ||
                !file.ends_with(suffix))
                continue;
            const auto name =
                file.substr(prefix.size(), file.size() - prefix.size() - suffix.size());
            const auto same = [&](const Plugin &p) { return p.name == name; };
            if (std::none_of(found.begin(), found.end(), same))
                found.push_back({name, std::string(folder).append("/").append(file)});
        }
    }
    return found;
}

const fk_backend *load_plugin(const std::string &path) {
    std::string problem;
    void *const library = load_library(path, &problem);
    if (!library) return refuse(path, problem);
    const auto entry =
        reinterpret_cast<fk_backend_entry_fn>(find_symbol(library, FK_BACKEND_ENTRY));
    if (!entry) return refuse(path, "it does not export " FK_BACKEND_ENTRY "()");
    return check(path, entry(FK_BACKEND_ABI));
}

} // namespace fkvm
