// SPDX-License-Identifier: MIT
#include "warnings.h"

#include "runtime.h"

#include <cstring>

namespace fkvm {

void Warnings::write(const char *text) const noexcept {
    runtime_.host().output(runtime_.vm(), FK_LEVEL_WARNING, text, std::strlen(text));
}

void Warnings::take(void *self, const char *piece, int more) noexcept {
    auto &warnings = *static_cast<Warnings *>(self);
    const bool first = !warnings.begun_;
    warnings.begun_ = more;
    if (first && !more && *piece == '@') {
        if (std::strcmp(piece, "@on") == 0) warnings.on_ = true;
        if (std::strcmp(piece, "@off") == 0) warnings.on_ = false;
        return;
    }
    if (!warnings.on_) return;
    if (first) warnings.write("Lua warning: ");
    warnings.write(piece);
    if (!more) warnings.write("\n");
}

} // namespace fkvm
