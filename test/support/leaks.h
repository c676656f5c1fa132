/* SPDX-License-Identifier: MIT */
/* What a test must leave as it found it: descriptors, threads and children of this process. */
#ifndef FK_TEST_LEAKS_H
#define FK_TEST_LEAKS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LEAKS_MOST = 4096 };

typedef struct leaks_census {
    size_t descriptors, threads, children;
    bool open[LEAKS_MOST]; /* by descriptor */
} leaks_census;

/* Counts what is there now. */
void leaks_take(leaks_census *census);

/* Compares with now, waiting at most two seconds for threads and children that are on their way
 * out. False: text (of size bytes) tells what is more or less, with the target of each new
 * descriptor. */
bool leaks_check(const leaks_census *before, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
