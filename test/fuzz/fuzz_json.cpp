// SPDX-License-Identifier: MIT
// Any bytes through the JSON reader: what it takes survives writing and reading again, and cJSON
// agrees about the grammar wherever both speak the same JSON.
#include "target.h"
#include "wire/json.h"
#include "wire/value.h"

#if HAVE_CJSON
#include <cjson/cJSON.h>
#endif
#include <cmath>
#include <cstring>

using namespace fkvm;

namespace {

void check_round_trip(const fk_value &value) {
    Buffer text, again;
    require(check_value(value, "value", nullptr));
    require(write_json(text, value));
    Arena arena;
    fk_value copy;
    JsonError error;
    require(read_json(text.view(), arena, {}, &copy, &error));
    require(equal_values(value, copy));
    require(write_json(again, copy) && again.view() == text.view());
    fk_value *block = copy_value(value);
    require(block && equal_values(*block, value));
    std::free(block);
}

// A smaller limit may refuse more, and changes nothing of what it accepts.
void check_limits(std::string_view text, const fk_value *full) {
    Arena arena;
    fk_value value;
    JsonError error;
    if (!read_json(text, arena, {2, 12}, &value, &error))
        return require(error.what && error.offset <= text.size());
    require(full && equal_values(value, *full));
}

#if HAVE_CJSON
// Outside what cJSON is known to read differently: control characters are blanks to it, and it cuts
// numbers at 63.
bool comparable(std::string_view text) {
    size_t number = 0;
    for (const char c : text) {
        number = std::strchr("0123456789+-.eE", c) && c ? number + 1 : 0;
        if (number > 60) return false;
        if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t')
            return false;
    }
    return true;
}

bool only_blanks(const char *from, const char *end) {
    for (; from != end; from++)
        if (!std::strchr(" \t\r\n", *from) || !*from) return false;
    return true;
}

void compare(const fk_value &ours, const cJSON *theirs);

void compare_object(const fk_value &ours, const cJSON *theirs) {
    const cJSON *first = theirs->child;
    if (first && !first->next && first->string[0] == '$') return; // a tag
    require(ours.kind == FK_OBJECT);
    uint32_t i = 0;
    for (const cJSON *member = first; member; member = member->next, i++) {
        require(i < ours.size && text_of(ours.members[i].name) == member->string);
        compare(ours.members[i].value, member);
    }
    require(i == ours.size);
}

void compare_array(const fk_value &ours, const cJSON *theirs) {
    require(ours.kind == FK_ARRAY);
    uint32_t i = 0;
    for (const cJSON *item = theirs->child; item; item = item->next, i++) {
        require(i < ours.size);
        compare(ours.items[i], item);
    }
    require(i == ours.size);
}

void compare(const fk_value &ours, const cJSON *theirs) {
    if (cJSON_IsObject(theirs)) return compare_object(ours, theirs);
    if (cJSON_IsArray(theirs)) return compare_array(ours, theirs);
    if (cJSON_IsString(theirs))
        return require(ours.kind == FK_STRING && // cut at \u0000 by cJSON
                       text_of(ours).substr(0, text_of(ours).find('\0')) == theirs->valuestring);
    if (cJSON_IsBool(theirs))
        return require(ours.kind == FK_BOOL && !ours.integer == !cJSON_IsTrue(theirs));
    if (cJSON_IsNull(theirs)) return require(ours.kind == FK_NULL);
    require(ours.kind == FK_INT || ours.kind == FK_DOUBLE);
    const volatile double number = // rounded, also where registers hold more
        ours.kind == FK_INT ? static_cast<double>(ours.integer) : ours.number;
    require(theirs->valuedouble == number);
}

// Faults of plain grammar, in which cJSON is as strict.
bool plain_fault(const char *what) {
    for (const char *fault :
         {"a word that is neither true, false nor null", "a comma or ] is missing in an array",
          "a comma or } is missing in an object", "a name in quotes is missing in an object",
          "a colon is missing after a name", "the text ends where a value should stand"})
        if (std::strcmp(what, fault) == 0) return true;
    return false;
}

void check_cjson(std::string_view text, const fk_value *ours, const JsonError &error) {
    if (!comparable(text)) return;
    const char *end = nullptr;
    cJSON *theirs = cJSON_ParseWithLengthOpts(text.data(), text.size(), &end, 0);
    const bool whole = theirs && only_blanks(end, text.data() + text.size());
    if (ours) {
        require(whole);
        compare(*ours, theirs);
    } else if (whole) {
        require(!plain_fault(error.what));
    }
    cJSON_Delete(theirs);
}
#else
void check_cjson(std::string_view, const fk_value *, const JsonError &) {}
#endif

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const ExactCopy copy(data, size);
    const std::string_view text = copy.text();
    Arena arena;
    fk_value value;
    JsonError error;
    const bool read = read_json(text, arena, {}, &value, &error);
    require(read || (error.what && error.offset <= size));
    if (read) check_round_trip(value);
    check_limits(text, read ? &value : nullptr);
    check_cjson(text, read ? &value : nullptr, error);
    return 0;
}
