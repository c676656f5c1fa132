/* SPDX-License-Identifier: MIT */
/* Lists of what child.lua does, and what becomes of it by command and in fkvm-host's place. */
#ifndef FK_HOSTILE_CHILD_H
#define FK_HOSTILE_CHILD_H

#include "hostile.h"

typedef struct misdeed {
    const char *mode;
    outcome command, as_host; /* of the call "act"; of the open where the child gets no further */
    const char *text;
    uint32_t timeout; /* ms, where TIMEOUT is an outcome */
} misdeed;

/* Opens, which must succeed, calls "act" and expects the outcome. */
void run_misdeed(void **state);
/* Opens and expects the outcome of that. */
void run_open(void **state);

/* The host method `take` counts; its first parameter must be the count so far, if it is a
 * number. */
extern const fk_method child_methods[];
extern int64_t taken;
void begin_taking(void);

#define BOTH(...)                                                                                  \
    {__VA_ARGS__}, { __VA_ARGS__ }

#endif
