/* SPDX-License-Identifier: MIT */
/*
 * The hostile suite: what Lua code, a child or a server that misuses the library may do, item by
 * item. rows.txt lists the items; each stands in one of the lists below under the same name. What a
 * test leaves behind (descriptors, threads, children) fails it.
 */
#ifndef FK_HOSTILE_H
#define FK_HOSTILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fk_vm.h"

/* Where an item applies. */
enum {
    SIGNAL = 1,   /* embedded, with an interrupt_signal */
    HOOK = 2,     /* embedded, without: the count hook */
    PROCESS = 4,  /* a child, fkvm-host */
    STOCK = 8,    /* a child, a stock lua5.4 with entry.lua */
    COMMAND = 16, /* child.lua by command */
    AS_HOST = 32, /* child.lua in fkvm-host's place */
    EMBEDDED = SIGNAL | HOOK,
    IN_CHILD = PROCESS | STOCK,
    EVERYWHERE = EMBEDDED | IN_CHILD,
    MISBEHAVING = COMMAND | AS_HOST
};

typedef struct item {
    const char *name; /* ROW.item */
    unsigned on;
    void (*test)(void **state); /* *state is data */
    const void *data;
} item;

typedef struct topic {
    const item *items;
    size_t count;
} topic;

#define TOPIC(name, items) const topic name##_topic = {items, sizeof(items) / sizeof *(items)}

/* The backend under test, and whether it is one of `where`. */
bool on(unsigned where);

/* ---- VMs ----------------------------------------------------------------------------------- */

/* Options for scripts/SCRIPT with a memory limit of 64 MiB; recorded output. */
fk_vm_options hostile_options(const char *script);
/* The same for child.lua in this mode (COMMAND, AS_HOST). Valid until the next. */
fk_vm_options child_options(const char *mode);

/* A failed item's VMs are closed after it. */
fk_vm *open_vm(const fk_vm_options *options);
void close_left_vms(void);
void forget_vm(const fk_vm *vm); /* it is closed otherwise */
/* Closes, which must end in a second more than close_timeout even for a VM that hangs. */
void close_vm(fk_vm *vm);

/* ---- outcomes ------------------------------------------------------------------------------ */

typedef enum life { LIVES, DIES, EITHER } life;

typedef struct outcome {
    uint32_t statuses; /* a bit each */
    life after;
} outcome;

#define BIT(status) (1u << FK_##status)
#define LIVE(status)                                                                               \
    { BIT(status), LIVES }
#define DEAD(status)                                                                               \
    { BIT(status), DIES }
#define LIVE_OR_DEAD(status)                                                                       \
    { BIT(status), EITHER }

/* got is the status of the latest function on vm (NULL: fk_vm_open); text must be in its message
 * (NULL: any). A VM that lives must be usable, one that died must say so at once. */
void expect_outcome(fk_vm *vm, fk_status got, outcome wanted, const char *text);

/* A call that does its worst, for lists. method NULL: the open itself fails. */
typedef struct attack {
    const char *script, *method;
    outcome embedded, child;
    const char *text;
    uint64_t memory_limit; /* 0: as in hostile_options */
    uint32_t timeout;      /* of the call, or the open; likewise */
} attack;
void run_attack(void **state);

/* Calls a function that returns "held", or what it reached. */
void expect_held(fk_vm *vm, const char *method);

/* ---- the rest ------------------------------------------------------------------------------ */

/* All output since the last open, as text, each line after its level ("print: x\n"). */
const char *output_text(void);
uint64_t output_bytes(void);
void clear_output(void);

double seconds_now(void);
/* Does it once more until true or the limit; false: it never was. */
bool within(double seconds, bool (*is_so)(void *), void *argument);

/* Runs body in a copy of this process and expects that it returns in time. It has CHECK in place of
 * assertions. */
void run_apart(void (*body)(void));

/* Seconds that one item may take: more in the long tier. */
unsigned longest_item(void);
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) check_failed(__FILE__, __LINE__, #condition);                            \
    } while (0)
void check_failed(const char *file, int line, const char *condition);
/* As open_vm, there; and a call of `method` (of server.lua) that returns true. */
fk_vm *open_apart(const fk_vm_options *options);
bool works(fk_vm *vm, const char *method);

uint64_t resident_bytes(void); /* of this process */
extern const char *const scripts_folder;

#endif
