/* SPDX-License-Identifier: MIT */
/*
 * fk_backend.h - the seam between a VM and whoever asks it: what a backend implements (fk_backend),
 * and what it may ask of its host (fk_host).
 *
 * There are two hosts. In the server the host is libfkvm itself: it has checked every argument,
 * holds the lock, watches the clock, and answers host methods with the server's C functions. In a
 * child the host is the child's end of the process backend: it answers them by asking the server. A
 * backend cannot tell which one it has.
 *
 * Backends of the library are listed by the build; one from outside is a shared object that exports
 * fk_backend_entry(). It is found as FK_VM_BACKEND=/path/x.so or, by name, as libfkvm-NAME.so in
 * $FK_VM_BACKEND_PATH or the library's plug-in folder. It needs this header and nothing to link:
 * all that it may ask is in fk_host.
 *
 * Conventions
 *   Version    size and abi stand first in both tables. FK_BACKEND_ABI changes when a function
 *              changes its meaning; tables grow at the end, and a missing optional function is
 *              NULL. A table with another abi or without a mandatory function is refused at open.
 *   Calls      Unless said otherwise the host serialises: per VM one function at a time, plus
 *              nested calls of the same thread from inside fk_host.dispatch. What it passes has
 *              been validated (fk_value_check), so a backend need not do it again.
 *   Limits     The host decides when work has to end and calls interrupt(); must_end() says why. A
 *              backend that ends its work for that returns the status of must_end() through fail().
 *   Errors     A function that fails calls fk_host.fail() once, just before it returns its status.
 *   Threads    No thread of a backend may use fk_host, but for must_end(); callbacks run on the
 *              caller's thread.
 *   Exceptions and longjmp must not cross, in either direction.
 */
#ifndef FK_BACKEND_H
#define FK_BACKEND_H

#include "fk_vm.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FK_BACKEND_ABI 2u

/* What a host method answered. Valid until the next use of fk_host with this VM. */
typedef struct fk_answer {
    const fk_value *result; /* never NULL after FK_OK */
    int32_t code;           /* after a failure: JSON-RPC code ... */
    const char *message;    /* ... and text */
} fk_answer;

/* What went wrong. Texts are copied and may be NULL. */
typedef struct fk_failure {
    size_t size;
    const char *message; /* NULL after FK_TIMEOUT and FK_INTERRUPTED: the host names work and limit */
    const char *traceback;
    int32_t code;
    int32_t exit_status;
    bool vm_dead;   /* every later call returns FK_VM_DIED with this message */
    fk_death death; /* then: why */
} fk_failure;

/* What a host offers its backend. vm is the handle that open() got. */
typedef struct fk_host {
    size_t size;
    uint32_t abi;

    /* Calls a host method of the server. For a notification answer may be NULL: a failure has been
     * logged and counted, and FK_OK is returned. May nest calls into this backend, unless it is a
     * notification. FK_PROTOCOL, and no answer: this call has made max_host_calls of them, and must
     * end. The VM's clock stands still meanwhile. */
    fk_status (*dispatch)(fk_vm *vm, const char *method, size_t method_size, const fk_value *params,
                          bool notification, fk_answer *answer);

    /* As many notifications of one host method as `each`, an FK_ARRAY, has items: the first
     * parameter is each of them in turn, behind it stand those of rest (FK_ARRAY, or NULL for
     * none). One call of a method with FK_METHOD_LIST. FK_PROTOCOL as dispatch. */
    fk_status (*dispatch_each)(fk_vm *vm, const char *method, size_t method_size,
                               const fk_value *each, const fk_value *rest);

    /* The result of the running call(), at most once and just before it returns FK_OK; copied or
     * sent at once. FK_OK; FK_BAD_VALUE or FK_NO_MEMORY: it could not be taken, the host has
     * recorded why, and call() returns that status. None is null. */
    fk_status (*result)(fk_vm *vm, const fk_value *value);

    /* Delivers output. At the levels DEBUG to CRITICAL a text that ends with a newline ends a
     * record, whatever newlines are in it; at the others text is cut into lines. What is unfinished
     * waits for its rest until the call ends. Past the call's max_output it is only counted. */
    void (*output)(fk_vm *vm, fk_level level, const char *text, size_t size);

    /* Records the failure of the running function and returns status. */
    fk_status (*fail)(fk_vm *vm, fk_status status, const fk_failure *failure);

    /* Why the running function has to end: FK_OK, it has not; FK_TIMEOUT, its limit has passed;
     * FK_INTERRUPTED, somebody asked for it. From any thread, and from a signal handler. */
    fk_status (*must_end)(fk_vm *vm);

    /* The moment (CLOCK_MONOTONIC, nanoseconds) at which the running function will have to end, as
     * far as is known now; UINT64_MAX: never. Moves on with each dispatch: ask again after it. */
    uint64_t (*deadline)(fk_vm *vm);

    /* fk_value_copy, fk_value_free, fk_value_to_json, fk_value_from_json, fk_text_free. */
    fk_status (*value_copy)(const fk_value *value, fk_value **copy);
    void (*value_free)(fk_value *value);
    fk_status (*to_json)(const fk_value *value, char **text, size_t *size);
    fk_status (*from_json)(const char *text, size_t size, fk_value **value);
    void (*text_free)(char *text);

    /* (NULL in a child) The call that fk_backend.begin() began has ended, inside a later function
     * of the backend: FK_OK and its result, or the status that fail() has just got, and NULL. */
    void (*ended)(fk_vm *vm, uint64_t ticket, fk_status status, const fk_value *result);
} fk_host;

/* Functions marked (optional) may be NULL. `state` is what open() or load() stored. */
typedef struct fk_backend {
    size_t size;
    uint32_t abi;
    const char *name;  /* as in FK_VM_BACKEND; static storage */
    const char *about; /* one line for `fkvm backends`; static storage */

    /* Starts a VM: everything in options is resolved (no NULL default left but where said), limits
     * have their real values, and the block lives until close() returns. Blocks until the script is
     * loaded and its fk.on_open() functions have run. After a failure nothing is left behind and
     * close() is not called. */
    fk_status (*open)(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state);

    /* fk_vm_call. The result goes to fk_host.result() before this returns FK_OK. */
    fk_status (*call)(void *state, const char *method, const fk_value *params);

    /* (optional: then call() is used and its result dropped) fk_vm_notify. */
    fk_status (*notify)(void *state, const char *method, const fk_value *params);

    /* (optional) Ends the running function soon, if must_end() still says so: by now another may
     * run. With reason FK_OK no function runs; then what the VM does for one that has returned ends
     * (a notification in a child, say). From any thread and from a signal handler. May run
     * concurrently with every function except open and close, and with open once it has stored
     * *state; must not block. Does nothing where nothing runs. FK_UNSTOPPABLE: the work ends no
     * earlier than at its next use of fk_host. */
    fk_status (*interrupt)(void *state, fk_status reason);

    /* (optional) Fills what it knows; the rest is filled by the host. From any thread, as above. */
    void (*stats)(void *state, fk_stats *stats);

    /* (optional: then -1) fk_vm_fd. */
    int (*fd)(void *state);

    /* (optional) fk_vm_poll: must not block. */
    fk_status (*poll)(void *state);

    /* Ends the VM and frees state, whatever happens; bounded by close_timeout. */
    fk_status (*close)(void *state);

    /* ---- (optional, all three or none) for a host that copies its process: a template ---- */

    /* As open(), but returns once the script is loaded and its garbage collected. Nothing of the VM
     * runs then, no thread of the backend exists, and the host may fork(). */
    fk_status (*load)(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state);

    /* After load(): what loading depended on, an FK_ARRAY of a path and its mark in turn. Lives as
     * long as the state. NULL: out of memory. */
    const fk_value *(*loaded)(void *state);

    /* In each copy of the process, once: renews random generators, runs the fk.on_fork() functions,
     * then those of fk.on_open(). The copy's VM is open after it. */
    fk_status (*forked)(void *state);

    /* (optional: then call() is used) fk_vm_call_async: as call(), but returns at once. How it ended
     * goes to fk_host.ended() with this ticket, unless the VM dies or closes before. */
    fk_status (*begin)(void *state, const char *method, const fk_value *params, uint64_t ticket);

    /* (optional) Nothing of the script is to run any more: kills a child, and keeps finalizers from
     * running in close(). The host has called interrupt() before. From any thread, as interrupt();
     * call(), notify(), poll() and begin() are not called after those that run have returned. */
    void (*kill)(void *state);
} fk_backend;

/* What a plug-in exports. host_abi is FK_BACKEND_ABI of the library; a plug-in that cannot serve it
 * returns NULL. The table must live as long as the plug-in, which is never unloaded. */
typedef const fk_backend *(*fk_backend_entry_fn)(uint32_t host_abi);
#define FK_BACKEND_ENTRY "fk_backend_entry"

#ifdef __cplusplus
}
#endif

#endif
