/* SPDX-License-Identifier: MIT */
/* Sizes that programs of release 0.1 were built with: frozen structs never change, the others never
 * shrink, and none of their fields moves. Checked by the compiler; it passes if it compiles. */
#include "fk_backend.h"

#include <stddef.h>
#include <stdint.h>

#define EQUAL(what, number) _Static_assert((what) == (number), #what)
#define AT_LEAST(what, number) _Static_assert((what) >= (number), #what)

EQUAL(sizeof(fk_value), 16);
EQUAL(offsetof(fk_value, kind), 0);
EQUAL(offsetof(fk_value, size), 4);
EQUAL(offsetof(fk_value, integer), 8);
EQUAL(sizeof(fk_member), 32);
EQUAL(offsetof(fk_member, value), 16);
EQUAL(sizeof(fk_method), 3 * sizeof(void *) + 16);
EQUAL(sizeof(fk_status), 4);
EQUAL(sizeof(fk_kind), 4);
EQUAL(sizeof(fk_level), 4);

#if UINTPTR_MAX == UINT64_MAX
AT_LEAST(sizeof(fk_vm_options), 136);
EQUAL(offsetof(fk_vm_options, backend), 8);
EQUAL(offsetof(fk_vm_options, methods), 56);
EQUAL(offsetof(fk_vm_options, memory_limit), 88);
EQUAL(offsetof(fk_vm_options, interrupt_signal), 128);
AT_LEAST(sizeof(fk_error), 48);
EQUAL(offsetof(fk_error, message), 24);
EQUAL(offsetof(fk_error, method), 40);
AT_LEAST(sizeof(fk_stats), 152);
EQUAL(offsetof(fk_stats, memory), 40);
EQUAL(offsetof(fk_stats, host_ns), 144);
AT_LEAST(sizeof(fk_method_stats), 40);
EQUAL(offsetof(fk_method_stats, max_ns), 32);
AT_LEAST(sizeof(fk_backend), 120);
EQUAL(offsetof(fk_backend, open), 32);
EQUAL(offsetof(fk_backend, close), 88);
EQUAL(offsetof(fk_backend, forked), 112);
AT_LEAST(sizeof(fk_host), 112);
EQUAL(offsetof(fk_host, dispatch), 16);
EQUAL(offsetof(fk_host, text_free), 104);
AT_LEAST(sizeof(fk_failure), 40);
EQUAL(sizeof(fk_answer), 24);
#endif

int main(void) { return 0; }
