// SPDX-License-Identifier: MIT
#include "loaded_files.h"

namespace fkvm {

void LoadedFiles::saw(const std::string &path, bool listed) {
    const auto [known, is_new] = marks_.try_emplace(path);
    if (is_new || (listed && !known->second.listed))
        known->second = mark_file(path.c_str(), listed);
}

const fk_value *LoadedFiles::parameters(Arena &arena) const noexcept {
    auto *items = arena.array<fk_value>(marks_.size() * 2 + 1);
    if (!items) return nullptr;
    fk_value *next = items + 1;
    for (const auto &[path, mark] : marks_) {
        *next++ = FK_BYTES(path.c_str(), path.size());
        *next++ = FK_BYTES(&mark, sizeof mark);
    }
    items[0] = FK_ITEMS(items + 1, marks_.size() * 2);
    return items;
}

} // namespace fkvm
