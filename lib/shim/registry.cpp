// SPDX-License-Identifier: MIT
// The table of backends that the build made, and the search for plug-ins.
#include "registry.h"

#include "base/dynamic_library.h"

#include "builtin.h"
#include "error.h"
#include "plugin.h"
#include "wire/value.h"

#include <vector>

namespace fkvm {
namespace {

std::string canonical_name(const std::string &name) { return name == "thread" ? "embedded" : name; }

std::string known_names() {
    std::string names;
    for (const fk_backend *b : builtin_backends())
        names += (names.empty() ? "" : ", ") + std::string(b->name);
    for (const Plugin &p : find_plugins()) names += (names.empty() ? "" : ", ") + p.name;
    return names.empty() ? "none" : names;
}

} // namespace

const fk_backend *find_backend(const std::string &name) {
    if (name.find('/') != std::string::npos) return load_plugin(name);
    for (const fk_backend *b : builtin_backends())
        if (canonical_name(name) == b->name) return b;
    for (const Plugin &p : find_plugins())
        if (p.name == name) return load_plugin(p.path);
    fail(FK_NO_BACKEND, "there is no backend '" + name +
                            "' (option or $FK_VM_BACKEND); there are: " + known_names() +
                            ". A plug-in is found by its path, or as libfkvm-" + name +
                            library_suffix + " in $FK_VM_BACKEND_PATH");
    return nullptr;
}

fk_status list_backends(fk_value **list) {
    struct Row {
        std::string name, source, about;
        bool available;
    };
    std::vector<Row> rows;
    for (const fk_backend *b : builtin_backends())
        rows.push_back({b->name, "built in", b->about, true});
    for (const Plugin &p : find_plugins()) {
        const fk_backend *b = load_plugin(p.path);
        rows.push_back({p.name, p.path, b ? b->about : fk_error_last()->message, b != nullptr});
    }
    std::vector<std::vector<fk_member>> members;
    std::vector<fk_value> items;
    const auto text = [](const std::string &s) { return FK_BYTES(s.data(), s.size()); };
    members.reserve(rows.size());
    items.reserve(rows.size());
    for (const Row &row : rows)
        members.push_back({{FK_STR("name"), text(row.name)},
                           {FK_STR("available"), FK_BOOL(row.available)},
                           {FK_STR("source"), text(row.source)},
                           {FK_STR("about"), text(row.about)}});
    for (const auto &m : members) items.push_back(FK_MEMBERS(m.data(), m.size()));
    *list = copy_value(FK_ITEMS(items.data(), items.size()));
    return *list ? succeed() : fail(FK_NO_MEMORY, "out of memory while backends were listed");
}

} // namespace fkvm

extern "C" fk_status fk_backend_list(fk_value **list) {
    if (!list) return fkvm::fail(FK_INVALID, "fk_backend_list: list is NULL");
    *list = nullptr;
    return fkvm::guard([&] { return fkvm::list_backends(list); });
}
