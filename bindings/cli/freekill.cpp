// SPDX-License-Identifier: MIT
// What it takes to play freekill-core.
#include "freekill.h"

#include "share.h"

#include <fk/freekill/cbor.hpp>

#include <filesystem>

namespace cli {

namespace fs = std::filesystem;

std::string freekill_settings(int64_t timeout, const char *room_name) {
    const fk_value none = FK_ITEMS(nullptr, 0);
    const fk_member members[] = {{FK_STR("gameMode"), FK_STR("aaa_role_mode")},
                                 {FK_STR("enableFreeAssign"), FK_BOOL(false)},
                                 {FK_STR("enableDeputy"), FK_BOOL(false)},
                                 {FK_STR("luckTime"), FK_INT(0)},
                                 {FK_STR("generalNum"), FK_INT(3)},
                                 {FK_STR("disabledPack"), none},
                                 {FK_STR("disabledGenerals"), none},
                                 {FK_STR("password"), FK_STR("")},
                                 {FK_STR("roomName"), FK_STR(room_name)},
                                 {FK_STR("generalTimeout"), FK_INT(timeout)}};
    return fk::freekill::cbor(FK_OBJECT(members)).bytes;
}

bool find_freekill(const std::string &folder, std::string &script, std::string &directory,
                   std::string &problem) {
    std::error_code ignored;
    const fs::path absolute = fs::absolute(folder, ignored).lexically_normal();
    const fs::path core = absolute / "packages/freekill-core";
    script = share_file("freekill.lua");
    directory = absolute.string();
    if (!fs::exists(core / "lua/server/scheduler.lua", ignored))
        problem = "there is no freekill-core in " + core.string() +
                  ". Put a checkout of it there: git clone "
                  "https://github.com/Qsgs-Fans/freekill-core " +
                  core.string();
    else if (script.empty())
        problem = "freekill.lua, a file that comes with fkvm, is missing. Install fkvm again";
    return problem.empty();
}

} // namespace cli
