// SPDX-License-Identifier: MIT
// One block for a value and all it points to: first the structs, behind them the bytes of the
// strings.
#include "name_set.h"
#include "value.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace fkvm {
namespace {

struct Sizes {
    uint64_t structs = 0, bytes = 0; // views that share items are copied apart: of more than memory

    void add(const fk_value &v) noexcept {
        if (v.kind == FK_STRING) bytes += v.size;
        if (v.kind == FK_ARRAY) {
            structs += uint64_t{v.size} * sizeof(fk_value);
            for (uint32_t i = 0; i < v.size; i++) add(v.items[i]);
        }
        if (v.kind == FK_OBJECT) {
            structs += uint64_t{v.size} * sizeof(fk_member);
            for (uint32_t i = 0; i < v.size; i++) {
                bytes += v.members[i].name.size;
                add(v.members[i].value);
            }
        }
    }
};

struct Copier {
    char *structs, *bytes;

    template <class T>
    T *take(size_t n) noexcept {
        auto *result = reinterpret_cast<T *>(structs);
        structs += n * sizeof(T);
        return result;
    }

    void copy(const fk_value &from, fk_value *to) noexcept {
        *to = fk_value{};
        to->kind = from.kind;
        switch (from.kind) {
        case FK_STRING:
            to->size = from.size;
            to->string = bytes;
            if (from.size) std::memcpy(bytes, from.string, from.size);
            bytes += from.size;
            break;
        case FK_ARRAY:
            copy_items(from, to);
            break;
        case FK_OBJECT:
            copy_members(from, to);
            break;
        case FK_NULL:
            break;
        default:
            to->bits = from.bits;
        }
    }

    void copy_items(const fk_value &from, fk_value *to) noexcept {
        auto *items = take<fk_value>(from.size);
        to->size = from.size;
        to->items = items;
        for (uint32_t i = 0; i < from.size; i++) copy(from.items[i], &items[i]);
    }

    void copy_members(const fk_value &from, fk_value *to) noexcept {
        auto *members = take<fk_member>(from.size);
        to->size = from.size;
        to->members = members;
        for (uint32_t i = 0; i < from.size; i++) {
            copy(from.members[i].name, &members[i].name);
            copy(from.members[i].value, &members[i].value);
        }
    }
};

const fk_value *find_member(const fk_value &object, std::string_view name) noexcept {
    for (uint32_t i = 0; i < object.size; i++)
        if (text_of(object.members[i].name) == name) return &object.members[i].value;
    return nullptr;
}

// The members of an object by name, for a walk in another order: a table, if there are many.
class ByName {
  public:
    explicit ByName(const fk_value &object) noexcept : object_(object) {
        has_table_ = object.size > few_names && table_.make(object.size, arena_);
        for (uint32_t i = 0; has_table_ && i < object.size; i++)
            look(text_of(object.members[i].name), i);
    }

    const fk_value *find(std::string_view name) noexcept {
        if (!has_table_) return find_member(object_, name);
        const uint32_t i = look(name);
        return i == NameTable::none ? nullptr : &object_.members[i].value;
    }

  private:
    uint32_t look(std::string_view name, uint32_t index = NameTable::none) noexcept {
        return table_.find(name, table_.hash(name), object_.members, index);
    }

    const fk_value &object_;
    Arena arena_;
    NameTable table_;
    bool has_table_;
};

bool equal_members(const fk_value &a, const fk_value &b) noexcept {
    uint32_t i = 0; // copies have the same order
    for (; i < a.size; i++) {
        const fk_member &m = a.members[i], &other = b.members[i];
        if (text_of(m.name) != text_of(other.name)) break;
        if (!equal_values(m.value, other.value)) return false;
    }
    if (i == a.size) return true;
    ByName others(b);
    for (; i < a.size; i++) {
        const fk_value *other = others.find(text_of(a.members[i].name));
        if (!other || !equal_values(a.members[i].value, *other)) return false;
    }
    return true;
}

} // namespace

size_t copy_size(const fk_value &value) noexcept {
    Sizes sizes;
    sizes.add(value);
    return static_cast<size_t>(
        std::min<uint64_t>(sizeof(fk_value) + sizes.structs + sizes.bytes, SIZE_MAX));
}

fk_value *copy_value_to(const fk_value &value, void *block) noexcept {
    Sizes sizes;
    sizes.add(value);
    auto *root = static_cast<fk_value *>(block);
    char *structs = reinterpret_cast<char *>(root + 1);
    Copier{structs, structs + sizes.structs}.copy(value, root);
    return root;
}

fk_value *copy_value(const fk_value &value) noexcept {
    if (value.kind <= FK_DOUBLE) { // most results are a boolean or nothing
        auto *root = static_cast<fk_value *>(std::malloc(sizeof(fk_value)));
        if (root) Copier{nullptr, nullptr}.copy(value, root);
        return root;
    }
    void *block = std::malloc(copy_size(value));
    return block ? copy_value_to(value, block) : nullptr;
}

bool equal_values(const fk_value &a, const fk_value &b) noexcept {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
    case FK_NULL:
        return true;
    case FK_DOUBLE:
        if (std::isnan(a.number) || std::isnan(b.number))
            return std::isnan(a.number) && std::isnan(b.number);
        return a.bits == b.bits;
    case FK_STRING:
        return text_of(a) == text_of(b);
    case FK_ARRAY:
        if (a.size != b.size) return false;
        for (uint32_t i = 0; i < a.size; i++)
            if (!equal_values(a.items[i], b.items[i])) return false;
        return true;
    case FK_OBJECT:
        return a.size == b.size && equal_members(a, b);
    default:
        return a.integer == b.integer;
    }
}

} // namespace fkvm
