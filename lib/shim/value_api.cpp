// SPDX-License-Identifier: MIT
// fk_value.h in C: thin functions over the codec.
#include "error.h"
#include "json_text.h"
#include "wire/value.h"

#include <cstdlib>

using namespace fkvm;

namespace {

bool check(const fk_value &value, std::string_view root) {
    if (is_plain(value)) return true;
    std::string problem;
    if (check_value(value, root, &problem)) return true;
    fail(FK_BAD_VALUE, problem);
    return false;
}

} // namespace

extern "C" {

void fk_value_free(fk_value *value) { std::free(value); }
void fk_text_free(char *text) { std::free(text); }

fk_status fk_value_copy(const fk_value *value, fk_value **copy) {
    if (copy) *copy = nullptr;
    if (!value || !copy) return fail(FK_INVALID, "fk_value_copy: value or copy is NULL");
    return guard([&] {
        if (!check(*value, "value")) return FK_BAD_VALUE;
        *copy = copy_value(*value);
        return *copy ? succeed() : fail(FK_NO_MEMORY, "out of memory while a value was copied");
    });
}

fk_status fk_value_check(const fk_value *value, const char *root) {
    if (!value) return fail(FK_INVALID, "fk_value_check: value is NULL");
    return guard([&] { return check(*value, root ? root : "value") ? succeed() : FK_BAD_VALUE; });
}

bool fk_value_equal(const fk_value *a, const fk_value *b) {
    return a && b ? equal_values(*a, *b) : a == b;
}

const fk_value *fk_value_member(const fk_value *object, const char *name) {
    if (!object || !name || object->kind != FK_OBJECT) return nullptr;
    for (uint32_t i = 0; i < object->size; i++)
        if (text_of(object->members[i].name) == name) return &object->members[i].value;
    return nullptr;
}

fk_status fk_value_to_json(const fk_value *value, char **text, size_t *size) {
    if (text) *text = nullptr;
    if (!value || !text) return fail(FK_INVALID, "fk_value_to_json: value or text is NULL");
    return guard([&] {
        if (!check(*value, "value")) return FK_BAD_VALUE;
        *text = json_text(*value, size);
        return succeed();
    });
}

fk_status fk_value_from_json(const char *text, size_t size, fk_value **value) {
    if (value) *value = nullptr;
    if ((!text && size) || !value)
        return fail(FK_INVALID, "fk_value_from_json: text or value is NULL");
    return guard([&] {
        BriefArena arena;
        fk_value parsed;
        if (!parse_json("fk_value_from_json", {text, size}, *arena, &parsed)) return last_status();
        *value = copy_value(parsed);
        return *value ? succeed() : fail(FK_NO_MEMORY, "out of memory while JSON was read");
    });
}

} // extern "C"
