/* SPDX-License-Identifier: MIT */
/* What went wrong in a conversion, and where. */
#ifndef FK_CJSON_PROBLEM_H
#define FK_CJSON_PROBLEM_H

#include "fk_cjson.h"

/* A place inside a value: the root by its name, the rest by name or, where that is NULL, by
 * index. */
struct place {
    const struct place *outer;
    const char *name;
    size_t size;
    uint32_t index;
};

/* They record the message for fk_cjson_error() and return the status. */
fk_status cjson_fine(void);
fk_status cjson_invalid(const char *message);
fk_status cjson_no_memory(const struct place *place);
fk_status cjson_refuse(const struct place *place, const char *why);
fk_status cjson_refuse_number(const struct place *place, const char *format, double number);
fk_status cjson_take_last(void); /* what libfkvm said */

/* Whether text is UTF-8 without NUL. */
bool cjson_is_text(const char *text, size_t size);

/* The integers that a double holds exactly, each and every one. */
#define CJSON_EXACT 9007199254740991.0

#endif
