// SPDX-License-Identifier: MIT
// Quotas as the command line has them.
#include "quotas.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string_view>

namespace server {

using fk::room::Quota;
using fk::room::Quotas;

namespace {

struct Row {
    std::string_view name;
    Quota Quotas::*quota;
};

constexpr Row rows[] = {
    {"delays", &Quotas::delays},
    {"npcs", &Quotas::npcs},
    {"queries", &Quotas::queries},
    {"save_bytes", &Quotas::save_bytes},
    {"session_bytes", &Quotas::session_bytes},
    {"results", &Quotas::results},
};

} // namespace

std::string set_quota(Quotas &quotas, const std::string &text) {
    const size_t equal = std::min(text.find('='), text.size());
    const std::string_view name = std::string_view(text).substr(0, equal);
    unsigned long room = 0, vm = 0;
    int used = 0;
    const int read = sscanf(text.c_str() + equal, "=%lu%n,%lu%n", &room, &used, &vm, &used);
    if (read < 1 || text.find_first_of("- +") != text.npos ||
        text.c_str()[equal + static_cast<size_t>(used)] != 0)
        return "a quota is NAME=ROOM or NAME=ROOM,VM, not " + text;
    if (name == "name_bytes" && read == 1) return quotas.name_bytes = room, "";
    const auto *const row = std::find_if(std::begin(rows), std::end(rows),
                                         [&](const Row &r) { return r.name == name; });
    if (row == std::end(rows)) return "there is no quota " + std::string(name);
    Quota &quota = quotas.*row->quota;
    quota.room = room;
    if (read == 2) quota.vm = vm;
    return "";
}

std::string quota_help() {
    std::string help = "NAME=ROOM[,VM]: what the server keeps for scripts, of one room and of one "
                       "VM. Names:";
    const Quotas usual;
    for (const Row &row : rows) {
        const Quota &quota = usual.*row.quota;
        help += " " + std::string(row.name) + "=" + std::to_string(quota.room) + "," +
                std::to_string(quota.vm);
    }
    return help + " name_bytes=" + std::to_string(usual.name_bytes);
}

} // namespace server
