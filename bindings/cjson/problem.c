/* SPDX-License-Identifier: MIT */
/* The message of the calling thread's latest conversion. */
#include "problem.h"

#include <ctype.h>
#include <fk_vm.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_NAME 64 /* bytes of one name that a message shows */

static _Thread_local char message[16384]; /* FK_MAX_DEPTH names, each quoted, and a sentence */

const char *fk_cjson_error(void) { return message; }

static bool is_identifier(const char *name, size_t size) {
    if (size == 0 || isdigit((unsigned char)name[0])) return false;
    for (size_t i = 0; i < size; i++)
        if (name[i] != '_' && !(isalnum((unsigned char)name[i]) && (unsigned char)name[i] < 128))
            return false;
    return true;
}

static size_t append(size_t end, const char *text, size_t size) {
    const size_t room = sizeof message - 1 - end;
    if (size > room) size = room;
    memcpy(message + end, text, size);
    message[end + size] = 0;
    return end + size;
}

static size_t append_name(size_t end, const struct place *place) {
    const bool plain = is_identifier(place->name, place->size);
    const bool cut = place->size > LONGEST_NAME;
    end = append(end, plain ? "." : "[\"", plain ? 1 : 2);
    end = append(end, place->name, cut ? LONGEST_NAME : place->size);
    if (cut) end = append(end, "...", 3);
    return plain ? end : append(end, "\"]", 2);
}

static size_t append_path(const struct place *place) {
    if (!place->outer) return append(0, place->name, strlen(place->name));
    const size_t end = append_path(place->outer);
    if (place->name) return append_name(end, place);
    char index[16];
    const int size = snprintf(index, sizeof index, "[%u]", (unsigned)place->index);
    return append(end, index, (size_t)size);
}

fk_status cjson_fine(void) {
    message[0] = 0;
    return FK_OK;
}

fk_status cjson_invalid(const char *text) {
    append(0, text, strlen(text));
    return FK_INVALID;
}

fk_status cjson_no_memory(const struct place *place) {
    append(append_path(place), ": out of memory", 15);
    return FK_NO_MEMORY;
}

fk_status cjson_refuse(const struct place *place, const char *why) {
    append(append(append_path(place), ": ", 2), why, strlen(why));
    return FK_BAD_VALUE;
}

fk_status cjson_refuse_number(const struct place *place, const char *format, double number) {
    char why[256];
    snprintf(why, sizeof why, format, number);
    return cjson_refuse(place, why);
}

fk_status cjson_take_last(void) {
    const fk_error *error = fk_error_last();
    append(0, error->message, strlen(error->message));
    return error->status;
}

/* Names of members obey the rule; so the library can be asked. */
bool cjson_is_text(const char *text, size_t size) {
    const fk_member member = {FK_BYTES(text, size), FK_NIL};
    return fk_value_check(&FK_MEMBERS(&member, 1), "") == FK_OK;
}
