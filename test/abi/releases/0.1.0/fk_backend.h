/* SPDX-License-Identifier: MIT */
/*
 * fk_backend.h - the other side of fk_vm.h: what a backend implements, and what it may use.
 *
 * A backend is a table of functions. Backends of the library are listed by the build; one from
 * outside is a shared object that exports fk_backend_entry() and is found as FK_VM_BACKEND=/path/x.so
 * or, by name, as libfkvm-NAME.so in $FK_VM_BACKEND_PATH or the library's plug-in folder. It needs
 * this header and nothing to link: all it may ask of the library is in fk_host.
 *
 * Conventions
 *   Version    size and abi stand first in both tables. FK_BACKEND_ABI changes when a function
 *              changes its meaning; tables grow at the end, and a missing optional function is NULL.
 *              A table with another abi or without a mandatory function is refused at open.
 *   Calls      Unless said otherwise the library serialises: per VM one function at a time, plus
 *              nested calls of the same thread from inside fk_host.dispatch. What it passes has been
 *              validated (fk_value_check), so a backend need not do it again.
 *   Errors     A function that fails calls fk_host.fail() once, just before it returns its status.
 *   Threads    No thread of a backend may use fk_host; callbacks run on the caller's thread.
 *   Exceptions and longjmp must not cross, in either direction.
 */
#ifndef FK_BACKEND_H
#define FK_BACKEND_H

#include "fk_vm.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FK_BACKEND_ABI 1u

/* In the flags of the options that a backend gets: the time limits are the defaults, which are not worth
 * a cost on every call. Options with it may be given to fk_vm_open again. */
#define FK_OPEN_DEFAULT_TIMEOUTS 0x80000000u

/* In the flags of the options, for the VM of a child, whose server watches the clock and keeps the messages: with no time
 * limit set no clock is read, and nothing is recorded or reported (FK_VM_CRASH_DIR). */
#define FK_OPEN_UNTIMED 0x20000000u

/* In the flags of the options, from a program that forks itself while a VM opens: between the script and
 * InitScheduler the backend collects all garbage and calls the host method "$/fork", whose parameters are a path
 * and its mark (lib/file_marks.h) in turn for every file that loading depended on. The method returns in each copy of
 * the process; there the backend renews random generators and calls the functions given to fk.on_fork(). */
#define FK_OPEN_TEMPLATE 0x40000000u

/* What a host method answered. Valid until the next use of fk_host with this VM. */
typedef struct fk_answer {
    const fk_value *result; /* never NULL after FK_OK */
    int32_t code;           /* after a failure: JSON-RPC code ... */
    const char *message;    /* ... and text */
} fk_answer;

/* What went wrong. Texts are copied and may be NULL. */
typedef struct fk_failure {
    size_t size;
    const char *message;
    const char *traceback;
    int32_t code;
    int32_t exit_status;
    bool vm_dead; /* every later call returns FK_VM_DIED with this message */
    fk_death death; /* then: why */
} fk_failure;

/* What the library offers a backend. vm is the handle that open() got. */
typedef struct fk_host {
    size_t size;
    uint32_t abi;

    /* Calls a host method of the server. For a notification answer may be NULL: a failure has been
     * logged and counted, and FK_OK is returned. May nest calls into this backend, unless it is a notification.
     * FK_PROTOCOL, and no answer: this call has made max_host_calls of them, and must end. */
    fk_status (*dispatch)(fk_vm *vm, const char *method, size_t method_size, const fk_value *params,
                          bool notification, fk_answer *answer);

    /* Delivers output; text is cut into lines, an unfinished line waits for its rest until the call
     * ends. Past the call's max_output it is only counted. */
    void (*output)(fk_vm *vm, fk_level level, const char *text, size_t size);

    /* Records the failure for fk_error_last() and returns status. */
    fk_status (*fail)(fk_vm *vm, fk_status status, const fk_failure *failure);

    /* The moment (CLOCK_MONOTONIC, nanoseconds) at which the running open or call must end;
     * UINT64_MAX: no limit. Moves on with each dispatch, whose time is not the VM's: ask again after it. */
    uint64_t (*deadline)(fk_vm *vm);

    /* True once fk_vm_interrupt() asked for the running call to end. From any thread. */
    bool (*interrupted)(fk_vm *vm);

    /* fk_value_copy, fk_value_free, fk_value_to_json, fk_value_from_json, fk_text_free. */
    fk_status (*value_copy)(const fk_value *value, fk_value **copy);
    void (*value_free)(fk_value *value);
    fk_status (*to_json)(const fk_value *value, char **text, size_t *size);
    fk_status (*from_json)(const char *text, size_t size, fk_value **value);
    void (*text_free)(char *text);

    /* As many notifications of one host method as `each`, an FK_ARRAY, has items: the first parameter is each of them
     * in turn, behind it stand those of rest (FK_ARRAY, or NULL for none). One call of a method with FK_METHOD_LIST.
     * FK_PROTOCOL as dispatch. */
    fk_status (*dispatch_each)(fk_vm *vm, const char *method, size_t method_size, const fk_value *each, const fk_value *rest);
} fk_host;

/* Functions marked (optional) may be NULL. `state` is what open() stored. */
typedef struct fk_backend {
    size_t size;
    uint32_t abi;
    const char *name;  /* as in FK_VM_BACKEND; static storage */
    const char *about; /* one line for `fkvm backends`; static storage */

    /* Starts a VM: everything in options is resolved (no NULL default left but where said), limits
     * have their real values, and the block lives until close() returns. Blocks until the script is
     * loaded. After a failure nothing is left behind and close() is not called. */
    fk_status (*open)(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state);

    /* fk_vm_call. *result is a block of fk_host.value_copy; result is never NULL. */
    fk_status (*call)(void *state, const char *method, const fk_value *params, fk_value **result);

    /* (optional: then call() is used and its result dropped) fk_vm_notify. */
    fk_status (*notify)(void *state, const char *method, const fk_value *params);

    /* (optional) Ends the running call soon. From any thread, at the same time as any other function
     * but open and close (in open only if open() has stored *state, from its own thread); must not block. fk_host.interrupted() is true already. */
    void (*interrupt)(void *state);

    /* (optional) Fills what it knows; the rest is filled by the library. From any thread, as above. */
    void (*stats)(void *state, fk_stats *stats);

    /* (optional: then -1) fk_vm_fd. */
    int (*fd)(void *state);

    /* (optional) fk_vm_poll. */
    fk_status (*poll)(void *state);

    /* Ends the VM and frees state, whatever happens; bounded by close_timeout. */
    fk_status (*close)(void *state);
} fk_backend;

/* What a plug-in exports. host_abi is FK_BACKEND_ABI of the library; a plug-in that cannot serve it
 * returns NULL. The table must live as long as the plug-in, which is never unloaded. */
typedef const fk_backend *(*fk_backend_entry_fn)(uint32_t host_abi);
#define FK_BACKEND_ENTRY "fk_backend_entry"

#ifdef __cplusplus
}
#endif

#endif
