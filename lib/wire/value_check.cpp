// SPDX-License-Identifier: MIT
// May a value cross? The rules of fk_value_check, and the name of the place where it may not.
#include "base/arena.h"
#include "base/utf8.h"
#include "name_set.h"
#include "value.h"

#include <string>

namespace fkvm {
namespace {

bool is_identifier(std::string_view name) noexcept {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name)
        if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
              (c >= 'A' && c <= 'Z')))
            return false;
    return true;
}

class Checker {
  public:
    Checker(std::string *problem, ValueLimits limits) noexcept
        : problem_(problem), limits_(limits), values_left_(limits.values),
          bytes_left_(limits.bytes) {}

    bool check(const fk_value &v, const Place &place, uint32_t depth) {
        switch (v.kind) {
        case FK_NULL:
        case FK_INT:
        case FK_DOUBLE:
            return true;
        case FK_BOOL:
            return v.bits <= 1 || refuse(place, "a boolean is neither 0 nor 1");
        case FK_STRING:
            return string(v, place);
        case FK_ARRAY:
            return container(v.items, v, place, depth) && items(v, place, depth + 1);
        case FK_OBJECT:
            return container(v.members, v, place, depth) && members(v, place, depth + 1);
        default:
            return refuse(place, "the type " + std::to_string(v.kind) + " is none of fk_kind");
        }
    }

  private:
    bool size(const fk_value &v, const Place &place) {
        return v.size <= most_size ||
               refuse(place, "a size that does not fit: one value has at most " +
                                 std::to_string(most_size) + " bytes, items or members");
    }

    bool string(const fk_value &v, const Place &place) {
        if (!size(v, place)) return false;
        if (!v.string && v.size) return refuse(place, "a string of NULL has a size");
        if (v.size > bytes_left_)
            return refuse(place, "more than " + std::to_string(limits_.bytes) +
                                     " bytes of strings (max_message)");
        bytes_left_ -= v.size;
        return true;
    }

    bool container(const void *content, const fk_value &v, const Place &place, uint32_t depth) {
        if (!size(v, place)) return false;
        if (!content && v.size) return refuse(place, "an array or object of NULL has a size");
        if (depth >= FK_MAX_DEPTH)
            return refuse(place,
                          "arrays and objects nest deeper than " + std::to_string(FK_MAX_DEPTH));
        if (v.size > values_left_)
            return refuse(place,
                          "more than " + std::to_string(limits_.values) + " values (max_values)");
        values_left_ -= v.size;
        return true;
    }

    bool items(const fk_value &v, const Place &place, uint32_t depth) {
        for (uint32_t i = 0; i < v.size; i++)
            if (!check(v.items[i], Place{&place, {}, i}, depth)) return false;
        return true;
    }

    bool members(const fk_value &v, const Place &place, uint32_t depth) {
        for (uint32_t i = 0; i < v.size; i++) {
            const fk_member &m = v.members[i];
            if (m.name.kind != FK_STRING || (!m.name.string && m.name.size))
                return refuse(place, "the name of member " + std::to_string(i) + " is no string");
            if (!size(m.name, place)) return false;
            if (!is_plain_text(text_of(m.name)))
                return refuse(place, "the name of member " + std::to_string(i) +
                                         " is not UTF-8 without NUL");
            if (!check(m.value, Place{&place, text_of(m.name), 0}, depth)) return false;
        }
        const Duplicate twice = find_duplicate(v.members, v.size, arena_);
        if (twice.out_of_memory)
            return refuse(place, "out of memory while its names were compared");
        if (twice.index == v.size) return true;
        return refuse(place, "the name '" + std::string(text_of(v.members[twice.index].name)) +
                                 "' stands twice");
    }

    bool refuse(const Place &place, const std::string &why) {
        if (problem_) *problem_ = place.path() + ": " + why;
        return false;
    }

    std::string *problem_;
    ValueLimits limits_;
    uint64_t values_left_, bytes_left_;
    Arena arena_; // for comparing names
};

} // namespace

std::string Place::path() const {
    if (!parent) return std::string(name);
    std::string path = parent->path();
    if (!name.data()) return path + "[" + std::to_string(index) + "]";
    if (is_identifier(name)) return path + "." + std::string(name);
    return path + "[\"" + std::string(name) + "\"]";
}

bool check_value(const fk_value &value, std::string_view root, std::string *problem,
                 ValueLimits limits) {
    return Checker(problem, limits).check(value, Place{nullptr, root, 0}, 0);
}

} // namespace fkvm
