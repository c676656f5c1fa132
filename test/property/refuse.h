/* SPDX-License-Identifier: MIT */
/* Random values with one place that cannot cross, and random texts that are not JSON of the wire.
 */
#ifndef FK_REFUSE_H
#define FK_REFUSE_H

#include "generate.h"

typedef struct spoiled {
    fk_value value;
    char path[300]; /* of the bad place, e.g. ".a[3].cards" */
    const char *kind;
} spoiled;

/* The bad place holds the text "the bad place", for property.lua; kind is one that it knows. */
spoiled spoiled_for_lua(void);

/* The bad place is a value that C programs can build by mistake. */
spoiled spoiled_in_c(void);

/* A text with one mistake in it, of generate_memory(); kind says which. */
const char *malformed(size_t *size, const char **kind);

#endif
