// SPDX-License-Identifier: MIT
// Host methods by name: a small hash table, filled once.
#include "methods.h"

namespace fk {

// FNV-1a over at most 16 bytes from the end, where the names of one server differ.
size_t Methods::hash(std::string_view name) noexcept {
    uint64_t h = 14695981039346656037ull ^ name.size();
    for (size_t i = name.size() > 16 ? name.size() - 16 : 0; i < name.size(); i++)
        h = (h ^ static_cast<unsigned char>(name[i])) * 1099511628211ull;
    return static_cast<size_t>(h ^ (h >> 32));
}

void Methods::take(const fk_method *list) {
    while (list[count_].name) count_++;
    entries_ = std::make_unique<HostMethod[]>(count_);
    size_t room = 8;
    while (room < count_ * 2) room *= 2;
    table_.assign(room, nullptr);
    for (size_t i = 0; i < count_; i++) {
        HostMethod &entry = entries_[i];
        entry.name = list[i].name;
        entry.method = &list[i];
        if (entry.name == "*") any_ = &entry;
        size_t slot = hash(entry.name) & (room - 1);
        while (table_[slot]) slot = (slot + 1) & (room - 1);
        table_[slot] = &entry;
    }
}

HostMethod *Methods::find(std::string_view name) noexcept {
    const size_t mask = table_.size() - 1;
    for (size_t slot = hash(name) & mask; table_[slot]; slot = (slot + 1) & mask)
        if (table_[slot]->name == name) return table_[slot];
    return any_;
}

const HostMethod *Methods::at(size_t index) const noexcept {
    return index < count_ ? &entries_[index] : nullptr;
}

} // namespace fk
