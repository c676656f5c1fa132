// SPDX-License-Identifier: MIT
// Values read by functions.
#include "fk_foreign.h"

namespace {

bool is(const fk_value *value, fk_kind kind) noexcept { return value && value->kind == kind; }

const char *text(const fk_value &value, size_t *size) noexcept {
    if (size) *size = value.size;
    return value.string ? value.string : "";
}

const char *no_text(size_t *size) noexcept {
    if (size) *size = 0;
    return nullptr;
}

} // namespace

extern "C" {

fk_kind fk_value_kind(const fk_value *value) {
    return value ? static_cast<fk_kind>(value->kind) : FK_NULL;
}

bool fk_value_bool(const fk_value *value) { return is(value, FK_BOOL) && value->integer; }

int64_t fk_value_int(const fk_value *value) { return is(value, FK_INT) ? value->integer : 0; }

double fk_value_double(const fk_value *value) {
    if (is(value, FK_INT)) return static_cast<double>(value->integer);
    return is(value, FK_DOUBLE) ? value->number : 0;
}

const char *fk_value_string(const fk_value *value, size_t *size) {
    return is(value, FK_STRING) ? text(*value, size) : no_text(size);
}

size_t fk_value_size(const fk_value *value) {
    return value && value->kind >= FK_STRING && value->kind <= FK_OBJECT ? value->size : 0;
}

const fk_value *fk_value_item(const fk_value *value, size_t index) {
    if (is(value, FK_STRING) || index >= fk_value_size(value)) return nullptr;
    return value->kind == FK_ARRAY ? &value->items[index] : &value->members[index].value;
}

const char *fk_value_name(const fk_value *object, size_t index, size_t *size) {
    if (!is(object, FK_OBJECT) || index >= object->size) return no_text(size);
    return text(object->members[index].name, size);
}

} // extern "C"
