/* SPDX-License-Identifier: MIT */
/*
 * fk_vm.h - a Lua VM behind plain C: open it, call its functions, answer its calls, close it.
 *
 * Where the VM lives is chosen at run time: `embedded` in this process, or `process`, a child that
 * takes its memory and its crashes with it. Both behave alike; what differs is said at the
 * function.
 *
 *     fk_vm_options options = FK_VM_OPTIONS_INIT;
 *     options.script = "game.lua";
 *     fk_vm *vm;
 *     if (fk_vm_open(&options, &vm) != FK_OK) { puts(fk_error_last()->message); return 1; }
 *     const fk_value params[] = {FK_INT(7), FK_STR("delay_done")};
 *     fk_value *over;
 *     if (fk_vm_call(vm, "resume", &FK_ARRAY(params), &over) == FK_OK) fk_value_free(over);
 *     fk_vm_close(vm);
 *
 * Conventions (those of fk_value.h hold too)
 *   Text       Names, paths and messages are terminated UTF-8 strings; NULL where said.
 *   Structs    fk_vm_options, fk_error, fk_stats and fk_method_stats begin with their size and grow
 *              only at their end; a program built with an older header keeps working. A field that
 *              is zero selects its default. Set size, or start from FK_..._INIT.
 *   Limits     Times are milliseconds, sizes bytes. 0 is the default (said at the field),
 *              FK_NO_LIMIT none. Time limits count the VM's own time: the clock stands still while
 *              host methods run, and while this process could not run (SIGSTOP, a paused
 *              container).
 *   Errors     Functions that can fail return an fk_status. The details are in fk_error_last().
 *              Nothing here aborts, exits, throws or prints (output without a callback excepted).
 *   Threads    A VM may be called from any thread; calls wait for each other, at most call_timeout,
 *              then FK_BUSY. fk_vm_interrupt(), _poll() and _stats() do not wait. VMs are
 *              independent.
 *   Callbacks  Host methods and output run only inside fk_vm_open, _call, _call_async, _notify, _poll
 *              and _close of their VM, on the thread that called. They may call the same VM again (it nests,
 *              up to max_nesting) unless they run for a notification or in fk_vm_open; closing in a
 *              callback is FK_BUSY. An exception that leaves a callback is caught and becomes an
 *              error. Nothing else may leave it: no longjmp, no pthread_exit.
 *              Finalizers of a script (__gc) have output, but neither host methods nor
 *              notifications: those are errors in them, also while the VM closes.
 *              The functions and user pointers of fk_vm_options must work until finalize is called.
 *   Cancelling A pthread_cancel() of a thread takes effect after the function here has returned,
 *              also while a callback runs.
 *   fork()     In the copy every function on an open VM returns FK_INVALID; exit there harms
 *              nobody.
 *   dlopen()   Open the name with the ABI's number, libfkvm.so.1: plain libfkvm.so is for compilers.
 *              It stays loaded for good. For languages without C structs see fk_foreign.h.
 */
#ifndef FK_VM_H
#define FK_VM_H

#include "fk_value.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FK_VERSION_MAJOR 0
#define FK_VERSION_MINOR 9
#define FK_VERSION_PATCH 0

/* The version of the library that runs, e.g. "0.9.0". Static storage. */
FK_API const char *fk_version(void);

#define FK_NO_LIMIT UINT32_MAX         /* for fields of 32 bits */
#define FK_NO_LIMIT_64 UINT64_MAX      /* for fields of 64 bits */

/* A VM. Ends with fk_vm_close(); using it after that is like using memory after free(). */
typedef struct fk_vm fk_vm;

/* One call of a host method, to be answered before the callback returns, or later by
 * fk_request_later() (fk_foreign.h). */
typedef struct fk_request fk_request;

/* ---- errors ------------------------------------------------------------------------------- */

/* JSON-RPC codes that fk_fail() may use; scripts see them, and they travel on the wire. */
enum {
    FK_CODE_METHOD_NOT_FOUND = -32601,
    FK_CODE_INVALID_PARAMS = -32602,
    FK_CODE_INTERNAL = -32603,
    FK_CODE_SCRIPT_ERROR = -32000,
    FK_CODE_TIMEOUT = -32001,
    FK_CODE_MEMORY_LIMIT = -32002,
    FK_CODE_BAD_VALUE = -32003
};

/* Why a VM died. docs/deaths.md says what to do for each; the error's message has the
 * particulars. */
typedef enum fk_death {
    FK_DEATH_NONE = 0,      /* it lives, or there is none */
    FK_DEATH_EXIT,          /* the child ended by itself: exit_status */
    FK_DEATH_SIGNAL,        /* a crash, or somebody's kill: minus exit_status */
    FK_DEATH_OUT_OF_MEMORY, /* possibly: killed, not by us, while the system ran out of memory */
    FK_DEATH_MEMORY_LIMIT,  /* memory outside Lua's own: the child's part of memory_limit */
    FK_DEATH_TIMEOUT,       /* it did not end a call that had reached its limit, and was killed */
    FK_DEATH_INTERRUPT,     /* ... a call that was interrupted */
    FK_DEATH_PROTOCOL,      /* it broke the protocol, and was killed */
    FK_DEATH_UNKNOWN,       /* its exit status was reaped elsewhere in the server */
    FK_DEATH_OPERATOR       /* closed through the status socket, by `fkvm top` say */
} fk_death;

/* The cause as a word, e.g. "OUT_OF_MEMORY"; "UNKNOWN" for a number that is none. Static
 * storage. */
FK_API const char *fk_death_name(fk_death death);

typedef struct fk_error {
    size_t size;
    fk_status status;
    bool vm_alive;         /* after a failure: the VM can be called again (false where there is
                              none). After success true */
    int32_t code;          /* JSON-RPC code if the other side sent one, else 0 */
    int32_t exit_status;   /* of a dead child: exit code, or minus the signal; else 0 */
    const char *message;   /* one or more sentences; never NULL */
    const char *traceback; /* from where the script failed, or was ended, through all coroutines to
                              the function called; or NULL */
    const char *method;    /* the method called, or NULL */
    fk_death death;        /* why a dead VM died */
} fk_error;

/* What the calling thread's latest fk_ function that returns fk_status said. Never NULL; after
 * success status is FK_OK and message "". Valid until this thread's next such function. A caller
 * that may change threads between two functions (goroutines, pools) takes fk_try_call() and the
 * others of fk_foreign.h, which hand their error out. */
FK_API const fk_error *fk_error_last(void);

/* ---- host methods: C functions that Lua may call ------------------------------------------ */

/* Answers one call. params is FK_ARRAY of the positional parameters, FK_OBJECT if the script sent
 * one table of names, or FK_NULL for none. Answer with fk_reply() or fk_fail(); the last answer
 * counts, none is null. Returning other than FK_OK fails the call with that status. */
typedef fk_status (*fk_host_fn)(void *user, fk_request *request, const fk_value *params);

/* Flags of fk_method. */

/* The first parameter arrives as FK_ARRAY. Treat it as one call per item, in this order.
 * Notifications that a script makes one after the other, and that differ in nothing else, may come
 * together so from a child; all others have one item. A call without parameters, or with FK_OBJECT,
 * is as without the flag. */
#define FK_METHOD_LIST 1u

/* A call must be answered: one that the callback leaves with neither fk_reply() nor fk_fail() fails
 * with FK_CODE_INTERNAL. For callbacks in languages that swallow exceptions and return 0. */
#define FK_METHOD_ANSWERS 2u

typedef struct fk_method {
    const char *name; /* "*" takes every call that no other entry names */
    fk_host_fn call;
    void *user;
    uint32_t flags; /* 0, or FK_METHOD_... */
    uint32_t reserved[3];
} fk_method; /* a list ends with {0}; frozen */

/* Ends the request with a result, which is copied at once. Returns FK_BAD_VALUE for a value that
 * cannot cross; the request has then failed with that message. NULL answers null. */
FK_API fk_status fk_reply(fk_request *request, const fk_value *result);

/* Ends the request with an error: code is one of FK_CODE_... or your own in -32099..-32000,
 * message is copied. In Lua, fk.call raises it; a failed notification becomes one log record. */
FK_API fk_status fk_fail(fk_request *request, int32_t code, const char *message);

/* Of the request at hand: the method's name, whether nobody waits for the answer, its VM. */
FK_API const char *fk_request_method(const fk_request *request);
FK_API bool fk_request_is_notification(const fk_request *request);
FK_API fk_vm *fk_request_vm(const fk_request *request);

/* ---- output: what the VM prints ----------------------------------------------------------- */

typedef enum fk_level {
    FK_LEVEL_PRINT = 0, /* print, io.write */
    FK_LEVEL_DEBUG = 1,
    FK_LEVEL_INFO = 2,
    FK_LEVEL_WARNING = 3,
    FK_LEVEL_CRITICAL = 4,
    FK_LEVEL_STDOUT = 5, /* a child's raw standard output */
    FK_LEVEL_STDERR = 6  /* a child's standard error */
} fk_level;

/* A piece of output, without the newline at its end; any bytes. In order with host methods, except
 * raw output. Of PRINT, STDOUT and STDERR it is one line. Of the other levels it is one whole
 * record, which may hold newlines: who writes it to a log indents or escapes them. Only a record of
 * more than max_message or 16 MiB may come in pieces. */
typedef void (*fk_output_fn)(void *user, fk_level level, const char *text, size_t size);

/* ---- opening ------------------------------------------------------------------------------- */

/* What scripts may reach. The same Lua rules on every backend; in a child, the system's too. */
enum {
    FK_SANDBOX_GAME = 0,    /* no processes, no writing of files, reading of the VM's and the script's
                               folder alone, no C modules, no bytecode */
    FK_SANDBOX_TRUSTED = 1, /* all of Lua but os.exit of the server and os.setlocale */
    FK_SANDBOX_STRICT = 2   /* as GAME; the open fails where the system does not enforce all of it:
                               always for embedded, which no system can confine */
};

#define FK_NO_SIGNAL (-1) /* for interrupt_signal: leave all signals alone */

/* Flags of fk_vm_options. */
#define FK_OPEN_NO_TEMPLATE 1u /* process: load the script anew, not as a copy of a template
                                  (docs/templates.md) */
#define FK_OPEN_FOLLOW_LINKS 2u /* below trusted: scripts may read also what links in the VM's and the script's
                                  folder lead to, down to four levels (docs/security.md) */
#define FK_OPEN_RAW_STRINGS 4u /* process, a child by command: any bytes stand between the quotes of a
                                  string, both ways, since it knows no $bytes (docs/protocol.md) */

typedef struct fk_vm_options {
    size_t size;
    const char *backend;            /* a name of fk_backend_list(), or the path of a plug-in;
                                       NULL: $FK_VM_BACKEND, else "embedded" */
    const char *script;             /* the entry script, relative to directory, or to the
                                       caller's if that is NULL; may be NULL only for a child by command */
    const char *directory;          /* the VM's working directory; NULL: the script's folder, or
                                       without a script the caller's at open. Below trusted neither
                                       may be `/` or a home directory, which scripts could read */
    const char *const *command;     /* process: argv of the child, ends with NULL;
                                       NULL: $FK_VM_COMMAND split as a shell would, else fkvm-host */
    const char *const *environment; /* "NAME=value" of the VM, ends with NULL: what os.getenv gives at
                                       trusted. A child gets nothing else but PATH, HOME, LANG, LC_*,
                                       TZ, TMPDIR (LUA_PATH, LUA_CPATH for commands) */
    const char *const *preload;     /* "name=module": require "name" gives the built-in module
                                       (fk.cbor, fk.json); ends with NULL */
    const fk_method *methods;       /* host methods, ends with {0}; copied */
    fk_output_fn output;            /* NULL: standard output of this process */
    void *user;                     /* for output and finalize */
    void (*finalize)(void *user);   /* called once, when the VM is gone or its open has failed */
    uint64_t memory_limit;          /* of the VM; default 1 GiB */
    uint32_t open_timeout;          /* default 30,000 */
    uint32_t call_timeout;          /* default 15,000 */
    uint32_t close_timeout;         /* finalizers at the end, and a child's good-bye; default 500 */
    uint32_t max_message;           /* bytes of one message of a child, and of all strings in one
                                       message of any backend; default 64 MiB */
    uint32_t max_output;            /* bytes of output per call, and per second between calls; the rest
                                       is counted; default 16 MiB */
    uint32_t max_nesting;           /* calls inside host methods inside calls; default 32, at most 100 */
    uint32_t sandbox;               /* FK_SANDBOX_... */
    uint32_t flags;                 /* FK_OPEN_... */
    int interrupt_signal;           /* embedded: the signal that stops an endless loop, let through in
                                       threads that call; 0: a real-time signal that nobody handles,
                                       given back with the last VM. Where there is none, and after
                                       FK_NO_SIGNAL, a count hook does it, at 20 to 30 % of speed;
                                       without any time limit nothing does (see fk_stats.limited_by) */
    uint32_t max_values;            /* values in one message, those in tables included; default 1,000,000 */
    uint32_t max_host_calls;        /* host methods called within one call, notifications included;
                                       default 1,000,000 */
    uint32_t reserved;              /* not looked at: it was padding once */
    uint32_t host_timeout;          /* of what host methods take within one call, in sum; default none */
    const char *globals;            /* a JSON object (docs/protocol.md, "Values"): its members are global
                                       variables before the script loads, e.g. {"VERSION":"1.2"}; at
                                       most 65,536 bytes; NULL: none */
} fk_vm_options;

#ifdef __cplusplus
inline fk_vm_options fk_vm_options_init_() {
    fk_vm_options options{};
    options.size = sizeof options;
    return options;
}
#define FK_VM_OPTIONS_INIT fk_vm_options_init_()
#else
#define FK_VM_OPTIONS_INIT {.size = sizeof(fk_vm_options)}
#endif

/* Opens a VM, runs its script, and then the functions that the script gave to fk.on_open().
 * Blocks until the script is loaded, at most open_timeout. All of options is copied; only what user
 * pointers point to must live until finalize. *vm is NULL after a failure, and all is freed.
 * While the script runs *vm is set already: for fk_vm_interrupt() by a callback or a signal handler
 * of this thread, and for nothing else.
 * Errors: FK_INVALID, FK_NO_MEMORY, FK_NO_BACKEND, FK_OPEN_FAILED (with the Lua traceback, or the
 * child's exit status and last words), FK_TIMEOUT, FK_MEMORY_LIMIT, FK_PROTOCOL. */
FK_API fk_status fk_vm_open(const fk_vm_options *options, fk_vm **vm);

/* ---- calling ------------------------------------------------------------------------------- */

/* Calls a global Lua function. params: FK_ARRAY of positional parameters (nil among them keeps its
 * place), FK_OBJECT for one table, NULL for none. *result is the first value the function returned,
 * FK_NULL if none; free it with fk_value_free(). result may be NULL. Blocks until the function
 * returns, at most call_timeout of the VM's time. On failure *result is NULL. All output and
 * notifications of before an error have been delivered.
 * Errors: FK_INVALID, FK_NO_MEMORY, FK_NO_METHOD, FK_SCRIPT_ERROR, FK_BAD_VALUE, FK_TIMEOUT,
 * FK_MEMORY_LIMIT, FK_INTERRUPTED, FK_VM_DIED, FK_PROTOCOL, FK_BUSY. */
FK_API fk_status fk_vm_call(fk_vm *vm, const char *method, const fk_value *params,
                            fk_value **result);

/* The same without waiting for a result. Embedded: runs now. Process: written now, run later.
 * A function that fails, or is ended at its limit or by an interrupt, is one log record, not an
 * error here. It may run for call_timeout. Errors: as above, as far as they are not the
 * function's. */
FK_API fk_status fk_vm_notify(fk_vm *vm, const char *method, const fk_value *params);

/* How a call of fk_vm_call_async() ended: error as fk_error_last() has it (status FK_OK after
 * success), and the result, NULL after a failure. Both live until this returns. It is a callback
 * like a host method that runs for a notification: it cannot call the VM. */
typedef void (*fk_done_fn)(void *user, const fk_error *error, const fk_value *result);

/* fk_vm_call() without waiting. Process: written now, as far as the child takes it, run later; done
 * runs in a later function of this VM, as a rule in fk_vm_poll(), and at the latest in
 * fk_vm_close(). Embedded: the call runs now, and done before this returns.
 * The limits are those of a notification: fkvm-host keeps call_timeout itself, nobody else does.
 * Begin the next call when done has run: a child runs one that comes earlier as soon as the first
 * calls a host method and waits for its answer.
 * FK_OK: done runs exactly once. Any other status: it does not run. Errors: FK_INVALID,
 * FK_NO_MEMORY, FK_BAD_VALUE (the params), FK_VM_DIED, FK_PROTOCOL, FK_BUSY. */
FK_API fk_status fk_vm_call_async(fk_vm *vm, const char *method, const fk_value *params,
                                  fk_done_fn done, void *user);

/* Ends what runs in the VM, at every level. A call returns FK_INTERRUPTED; a notification or a
 * finalizer becomes a log record. What begins later is not touched. Where nothing runs it does
 * nothing. A host method that runs for a notification and calls this hears of no more notifications
 * of that work. May be called from any thread and from a signal handler; fk_error_last() stays as
 * it was unless this returns FK_INVALID.
 * FK_UNSTOPPABLE: the work ends only at the script's next use of a host method. The VM has no
 * signal (interrupt_signal) and no time limit, or its child by command works on a notification and cannot be
 * interrupted. */
FK_API fk_status fk_vm_interrupt(fk_vm *vm);

/* A descriptor to watch for reading: when it is readable fk_vm_poll() has work (what a child said
 * or that it died). It belongs to the VM: neither read nor close it, and stop watching it before
 * fk_vm_close(). It is no stream, so loops take it as a plain descriptor: poll(), epoll, select(),
 * uv_poll_t, QSocketNotifier, asyncio's add_reader(); not as a socket or a pipe.
 * -1 if there is never any work: an embedded VM. It wants fk_vm_poll() every 50 to 200 ms while it
 * is idle, to collect garbage and give memory back (see there), until fk_stats.wants_poll is 0. */
FK_API int fk_vm_fd(fk_vm *vm);

/* Does what is waiting, and never waits for more; of a child that says much, a part: the descriptor
 * stays readable then. Host methods and finalizers that run here have
 * the limits of a call; one that fails is one log record.
 * It also lets an idle VM tidy up. An embedded one that has not been called for 200 ms collects
 * garbage in each poll, for about half a millisecond, and then gives empty pages back. A child does
 * so by itself.
 * FK_BUSY: another thread is in a call, which does the waiting work itself. Watch the descriptor
 * again after that call. Errors: FK_VM_DIED, FK_BUSY, FK_PROTOCOL. */
FK_API fk_status fk_vm_poll(fk_vm *vm);

/* Closes the VM and frees it. A call of another thread is interrupted and waited for. A child is
 * asked to end, and killed at close_timeout. NULL is fine.
 * FK_BUSY: this is a callback of the same VM, or the other thread's call did not end within
 * call_timeout; nothing was closed. With any other status the VM is gone; not FK_OK says what did
 * not go as it should. */
FK_API fk_status fk_vm_close(fk_vm *vm);

/* ---- looking ------------------------------------------------------------------------------- */

typedef struct fk_stats {
    size_t size;
    const char *backend;     /* its name; valid while the VM is open */
    int64_t pid;             /* of the child, or 0 */
    bool alive;              /* false: every call returns FK_VM_DIED */
    bool from_template;      /* forked from a template */
    uint32_t sandbox;        /* the level asked for */
    const char *sandbox_reached; /* what the system enforces, e.g. "lua+rlimit+landlock+seccomp" */
    uint64_t memory;         /* bytes the VM's Lua holds (process: as last reported) */
    uint64_t memory_peak;
    uint64_t rss;            /* bytes resident in the child, 0 if there is none */
    uint64_t calls;          /* fk_vm_call and fk_vm_notify that reached the VM */
    uint64_t errors;         /* of them, failed */
    uint64_t requests;       /* host methods called with an answer awaited */
    uint64_t notifications;  /* host methods called without */
    uint64_t failed_notifications;
    uint64_t messages_dropped;
    uint64_t bytes_in, bytes_out; /* on the wire */
    uint64_t output_cut;     /* bytes of output beyond max_output */
    uint64_t vm_ns, host_ns; /* time spent in the VM, and in host methods */
    const char *runtime;     /* what runs the script, as far as it says: "Lua 5.4.4", or of a child
                                "fkvm-host 0.9.0, Lua 5.4.4"; valid while the VM is open */
    const char *limited_by;  /* what ends work at its limit: "signal 61", "count hook", "the child, or
                                a kill", "a kill", or "nothing"; valid while the VM is open */
    uint64_t host_ns_max;    /* the most that host methods took within one call */
    uint64_t wants_poll;     /* 1: an embedded VM wants fk_vm_poll() while it is idle; 0: it is tidy until
                                it is called again, or a child, whose descriptor tells */
} fk_stats;

#ifdef __cplusplus
inline fk_stats fk_stats_init_() {
    fk_stats stats{};
    stats.size = sizeof stats;
    return stats;
}
#define FK_STATS_INIT fk_stats_init_()
#else
#define FK_STATS_INIT {.size = sizeof(fk_stats)}
#endif

/* Fills stats, up to stats->size, which may be that of any release so far. From any thread, at any
 * time between open and close. */
FK_API fk_status fk_vm_stats(fk_vm *vm, fk_stats *stats);

typedef struct fk_method_stats {
    size_t size;
    const char *name; /* as in options.methods; valid while the VM is open */
    uint64_t calls;
    uint64_t total_ns, max_ns;
} fk_method_stats;

/* The same for the index-th host method; FK_INVALID past the last. */
FK_API fk_status fk_vm_method_stats(fk_vm *vm, size_t index, fk_method_stats *stats);

enum {
    FK_METRICS_PLAIN = 1 /* the text format of Prometheus before OpenMetrics, 0.0.4 */
};

/* What all VMs of this process do and did, as text for a monitoring system: OpenMetrics 1.0 unless
 * flags say otherwise; docs/metrics.md lists the metrics. Metrics of your own may stand before it.
 * *text is terminated; size may be NULL. Free with fk_text_free(). From any thread, at any time.
 * Errors: FK_INVALID, FK_NO_MEMORY. */
FK_API fk_status fk_metrics(uint32_t flags, char **text, size_t *size);

/* Opens a status socket at path, a unix socket for this user and root alone: `fkvm top` shows the VMs
 * of this process by it, and interrupts or closes them (docs/top.md). A process has at most one;
 * the variable FK_VM_STATUS opens it with the first VM. A thread of the library serves it. A VM that
 * an operator closes dies as if its child had: FK_DEATH_OPERATOR, also when it is embedded, and its
 * owner still closes it. A forked copy does not have the socket.
 * Errors: FK_INVALID (it is open already, another process listens there, the path is no good; on
 * Windows always), FK_NO_MEMORY. */
FK_API fk_status fk_monitor_listen(const char *path);

/* Closes it and removes its file, as the end of the process does. Fine where there is none. */
FK_API fk_status fk_monitor_close(void);

/* What the status socket calls this VM, e.g. "3 rooms"; copied, at most 64 bytes of it. NULL: nothing.
 * Cheap, from any thread, at any time between open and close. */
FK_API fk_status fk_vm_label(fk_vm *vm, const char *label);

/* The backends of this build and the plug-ins found: an array of {"name", "available", "source",
 * "about"}. Free with fk_value_free(). */
FK_API fk_status fk_backend_list(fk_value **list);

#ifdef __cplusplus
}
static_assert(sizeof(fk_method) == 3 * sizeof(void *) + 16, "frozen layout");
#else
_Static_assert(sizeof(fk_method) == 3 * sizeof(void *) + 16, "frozen layout");
#endif

#endif
