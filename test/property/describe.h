/* SPDX-License-Identifier: MIT */
/* A value as a line of text that Lua can make as well (describe in property.lua), so that what a
 * script sees is compared, and not only what comes back. */
#ifndef FK_DESCRIBE_H
#define FK_DESCRIBE_H

#include "fk_value.h"

/* The text is the caller's to free(). */
char *describe(const fk_value *value);

#endif
