// SPDX-License-Identifier: MIT
// fk_value.h in C: thin functions over the codec.
#include "base/buffer.h"
#include "error.h"
#include "wire/json.h"
#include "wire/value.h"

#include <cstdlib>
#include <cstring>

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
    if (!object || !name || object->type != FK_OBJECT) return nullptr;
    for (uint32_t i = 0; i < object->size; i++)
        if (text_of(object->as.members[i].name) == name) return &object->as.members[i].value;
    return nullptr;
}

fk_status fk_value_to_json(const fk_value *value, char **text, size_t *size) {
    if (text) *text = nullptr;
    if (!value || !text) return fail(FK_INVALID, "fk_value_to_json: value or text is NULL");
    return guard([&] {
        if (!check(*value, "value")) return FK_BAD_VALUE;
        Buffer out;
        if (!write_json(out, *value)) throw std::bad_alloc();
        *text = static_cast<char *>(std::malloc(out.size() + 1));
        if (!*text) throw std::bad_alloc();
        std::memcpy(*text, out.data(), out.size());
        (*text)[out.size()] = '\0';
        if (size) *size = out.size();
        return succeed();
    });
}

fk_status fk_value_from_json(const char *text, size_t size, fk_value **value) {
    if (value) *value = nullptr;
    if ((!text && size) || !value)
        return fail(FK_INVALID, "fk_value_from_json: text or value is NULL");
    return guard([&] {
        Arena arena;
        fk_value parsed;
        JsonError error;
        if (!read_json({text, size}, arena, JsonLimits{}, &parsed, &error)) {
            if (error.out_of_memory) throw std::bad_alloc();
            return fail(FK_BAD_VALUE, "not JSON as fkvm has it: at byte " +
                                          std::to_string(error.offset) + ": " + error.what);
        }
        *value = copy_value(parsed);
        return *value ? succeed() : fail(FK_NO_MEMORY, "out of memory while JSON was read");
    });
}

} // extern "C"
