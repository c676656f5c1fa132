/* SPDX-License-Identifier: MIT */
/* One C function for each step of Go, so that a call crosses once each way. */
#ifndef FKVM_GO_GLUE_H
#define FKVM_GO_GLUE_H

#include <fk_foreign.h>

/* What a call came to. A scalar result stands in root, and there is no block. */
typedef struct fkgo_answer {
    fk_error *error;
    fk_value root;
    fk_value *block;
} fkgo_answer;

/* What a host method came to: root, or a failure with its code. */
typedef struct fkgo_reply {
    fk_value root;
    const char *failure;
    int32_t code;
} fkgo_reply;

/* The user pointer of a host method. */
typedef struct fkgo_entry {
    uintptr_t handle;
    size_t index;
} fkgo_entry;

/* options->user is the handle; methods[n].user are entries. */
fk_error *fkgo_open(fk_vm_options *options, uintptr_t handle, bool output, fk_method *methods,
                    size_t count, fk_vm **vm);
void fkgo_call(fk_vm *vm, const char *method, const fk_value *params, fkgo_answer *answer);

/* The same number twice is the same thread, as long as it lives. */
uintptr_t fkgo_thread(void);

#endif
