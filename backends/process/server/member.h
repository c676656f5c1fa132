// SPDX-License-Identifier: MIT
// Looking into what a child sent.
#pragma once

#include "fk_vm.h"
#include "wire/value.h"

#include <string_view>

namespace fkvm {

// nullptr: it is no object, or has no such member.
inline const fk_value *member(const fk_value &object, std::string_view name) {
    for (uint32_t i = 0; object.kind == FK_OBJECT && i < object.size; i++)
        if (text_of(object.members[i].name) == name) return &object.members[i].value;
    return nullptr;
}

// The failure of that name, e.g. "SCRIPT_ERROR".
inline fk_status status_named(std::string_view name, fk_status otherwise) {
    for (int s = FK_INVALID; s <= FK_BUSY; s++)
        if (name == fk_status_name(static_cast<fk_status>(s))) return static_cast<fk_status>(s);
    return otherwise;
}

} // namespace fkvm
