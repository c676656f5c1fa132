// SPDX-License-Identifier: MIT
// fk::freekill - a FreeKill server in C++20, over fk::Vm.
//
//     struct Table : fk::freekill::ServerBase { ... };          // methods.hpp, scheduler.hpp
//     Table table;
//     fk::AsioVm vm(context);                               // fk/asio.hpp
//     fk::freekill::Scheduler scheduler(vm, table);
//     vm.open(scheduler.options({.script = SCRIPT, .directory = DIR}));
//     scheduler.handle_request("-1,7,newroom");
//
// SCRIPT is the entry script share/fkvm/freekill.lua (pkg-config --variable=script fkvm-freekill), DIR
// the folder that holds packages/freekill-core. What scripts see: docs/freekill-methods.md;
// how a server moves to it: docs/freekill.md.
#pragma once

#include <fk/freekill/cbor.hpp>
#include <fk/freekill/scheduler.hpp>

namespace fk::freekill {

// The entry of fk::Options::environment by which scripts know the packages that are not to be
// loaded. Part of what a template is chosen by.
inline std::string disabled_packages(const std::vector<std::string> &names) {
    std::string list;
    for (const std::string &name : names) {
        list += list.empty() ? "\"" : ",\"";
        for (const char c : name) {
            if (c == '"' || c == '\\') list += '\\';
            list += c;
        }
        list += '"';
    }
    return "FK_DISABLED_PACKS=[" + list + "]";
}

} // namespace fk::freekill
