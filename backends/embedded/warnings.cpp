// SPDX-License-Identifier: MIT
#include "warnings.h"

#include "runtime.h"

#include <cstring>

namespace fkvm {

void Warnings::add(const char *piece, bool first, bool last) noexcept try {
    if (first) text_ = "Lua warning: ";
    text_ += piece;
    if (!last) return;
    text_ += '\n';
    runtime_.host().output(runtime_.vm(), FK_LEVEL_WARNING, text_.data(), text_.size());
} catch (...) { // out of memory: a warning is lost
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
    if (warnings.on_) warnings.add(piece, first, !more);
}

} // namespace fkvm
