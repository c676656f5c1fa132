/* SPDX-License-Identifier: MIT */
/* Random values for the property test, one row of the value table (docs/protocol.md) at a time,
 * with the row's boundaries and their neighbours among them. */
#ifndef FK_GENERATE_H
#define FK_GENERATE_H

#include "fk_value.h"

typedef enum row {
    ROW_NIL,
    ROW_BOOLEAN,
    ROW_NULL_INSIDE, /* null in an array or object */
    ROW_INTEGER,     /* within +-(2^53 - 1) */
    ROW_BIG_INTEGER, /* all others */
    ROW_FLOAT,       /* finite */
    ROW_NO_NUMBER,   /* inf, -inf, nan */
    ROW_TEXT,        /* UTF-8 without NUL */
    ROW_BYTES,       /* all other strings */
    ROW_ARRAY,
    ROW_OBJECT,
    ROW_DOLLAR,    /* an object whose only name begins with $ */
    ROW_REFUSED,   /* what cannot cross, from either side */
    ROW_MALFORMED, /* a text of the wire that must not be believed */
    ROW_COUNT
} row;

#define ROW_FIRST_REFUSED ROW_REFUSED

extern const char *const row_names[ROW_COUNT];

void generate_seed(uint64_t seed);
uint64_t random_bits(void);
size_t random_below(size_t end);
bool one_in(size_t n);

row random_row(void);

/* A value of that row (below ROW_FIRST_REFUSED) which nests at most depth deep. It lives until
 * generate_free(). */
fk_value generate(row kind, int depth);
fk_value generate_any(int depth);

/* Memory until generate_free(). */
void *generate_memory(size_t size);
void generate_free(void);

/* The same decision as the codec's, made in another way. */
bool is_plain_utf8(const unsigned char *text, size_t size);

#endif
