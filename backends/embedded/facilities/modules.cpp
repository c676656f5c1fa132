// SPDX-License-Identifier: MIT
// The built-in modules that options.preload may name.
#include "facilities.h"

#include <cstring>

namespace fk {

bool push_module_opener(lua_State *L, const char *module) {
    const luaL_Reg modules[] = {{"fk.cbor", fk_open_cbor}, {"fk.json", fk_open_json}, {nullptr, nullptr}};
    for (const luaL_Reg *m = modules; m->name; m++) {
        if (std::strcmp(m->name, module) != 0) continue;
        lua_pushcfunction(L, m->func);
        return true;
    }
    return false;
}

} // namespace fk
