// SPDX-License-Identifier: MIT
// How many values a message holds, as max_values counts them.
#include "value.h"

namespace fkvm {

bool holds_at_most(const fk_value &value, uint32_t *left) noexcept {
    if (value.kind != FK_ARRAY && value.kind != FK_OBJECT) return true;
    if (value.size > *left) return false;
    *left -= value.size;
    return parts_hold_at_most(value, left);
}

bool parts_hold_at_most(const fk_value &value, uint32_t *left) noexcept {
    for (uint32_t i = 0; value.kind == FK_ARRAY && i < value.size; i++)
        if (!holds_at_most(value.items[i], left)) return false;
    for (uint32_t i = 0; value.kind == FK_OBJECT && i < value.size; i++)
        if (!holds_at_most(value.members[i].value, left)) return false;
    return true;
}

} // namespace fkvm
