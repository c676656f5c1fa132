/* SPDX-License-Identifier: MIT */
/*
 * worker - a backend from outside: each VM lives on a thread of its own with a stack of 16 MiB, so
 * that deep Lua recursion never meets the small stack of a server's thread.
 *
 * The caller's thread and the worker take turns: exactly one of them runs at a time. Whoever holds
 * the turn either hands over a message and waits, or answers the one it was handed. So a host
 * method that calls the VM again needs no case of its own: messages lie on top of each other, and
 * the innermost is answered first.
 *
 * The Lua itself comes from the backend `embedded`, opened through the public API.
 */
#include "fk_backend.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STACK_SIZE = 16 << 20 };

/* Who is to move. */
enum side { CALLER, WORKER };

/* What one side asks of the other. It lies on the asker's stack until it is done. */
struct message {
    enum { OPEN, CALL, POLL, CLOSE, END, HOST_METHOD, OUTPUT } kind;
    bool done;
    fk_status status;

    const char *text; /* the method, or what was printed */
    size_t size;
    const fk_value *params;
    fk_value *result;  /* of CALL, owned by the worker's library */
    fk_answer *answer; /* of HOST_METHOD; NULL: nobody waits for it */
    fk_level level;    /* of OUTPUT */
    fk_error error;    /* why a call failed: the worker's fk_error_last(), valid while it waits */
};

struct worker {
    fk_vm *vm;           /* the library's handle, for fk_host */
    const fk_host *host; /* used on the caller's thread only */
    fk_vm *inner; /* the embedded VM, used on the worker's thread, but for interrupt and stats */
    bool ready;   /* inner may be interrupted; the caller's to read and write */
    fk_vm_options options; /* for the inner VM */

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    enum side turn;
    struct message *message; /* handed to the side whose turn it is */
};

/* ---- taking turns --------------------------------------------------------------------------- */

static void give(struct worker *w, enum side other, struct message *message) {
    pthread_mutex_lock(&w->lock);
    w->message = message;
    w->turn = other;
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->lock);
}

static fk_status interrupt_inner(struct worker *w) {
    fk_vm *inner = __atomic_load_n(&w->inner, __ATOMIC_ACQUIRE);
    return inner ? fk_vm_interrupt(inner) : FK_OK;
}

/* An interrupt from just before the inner call began would be lost: the caller repeats it. */
static void wait_interrupted(struct worker *w) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    moment.tv_nsec += 10 * 1000 * 1000;
    moment.tv_sec += moment.tv_nsec / 1000000000;
    moment.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&w->moved, &w->lock, &moment);
    interrupt_inner(w);
}

static struct message *take(struct worker *w, enum side me) {
    pthread_mutex_lock(&w->lock);
    while (w->turn != me) {
        if (me == CALLER && w->ready && w->host->must_end(w->vm) != FK_OK)
            wait_interrupted(w);
        else
            pthread_cond_wait(&w->moved, &w->lock);
    }
    struct message *message = w->message;
    pthread_mutex_unlock(&w->lock);
    return message;
}

static void serve(struct worker *w, enum side me, struct message *message);

/* Asks the other side. What comes back is the same message, done, or a request of the other side,
 * which must be served first. */
static void ask(struct worker *w, enum side me, struct message *message) {
    give(w, !me, message);
    for (struct message *came; (came = take(w, me)) != message || !message->done;) {
        serve(w, me, came);
        came->done = true;
        give(w, !me, came);
    }
}

/* ---- the worker's side ---------------------------------------------------------------------- */

/* Every host method of the inner VM goes to the caller, whose library knows them. */
static fk_status on_host_method(void *user, fk_request *request, const fk_value *params) {
    fk_answer answer = {0};
    struct message message = {
        .kind = HOST_METHOD, .text = fk_request_method(request), .params = params};
    message.size = fk_length_(message.text);
    if (!fk_request_is_notification(request)) message.answer = &answer;
    ask(user, WORKER, &message);
    if (!message.answer) return FK_OK; /* a failure has been logged where it happened */
    if (message.status == FK_OK) return fk_reply(request, answer.result);
    return fk_fail(request, answer.code, answer.message);
}

/* Lines and records come without their end. They get it at once: records may hold newlines. */
static void on_output(void *user, fk_level level, const char *text, size_t size) {
    char *ended = malloc(size + 1);
    if (!ended) return;
    memcpy(ended, text, size);
    ended[size] = '\n';
    struct message message = {.kind = OUTPUT, .level = level, .text = ended, .size = size + 1};
    ask(user, WORKER, &message);
    free(ended);
}

static fk_status run_in_vm(struct worker *w, struct message *m) {
    if (m->kind == OPEN) return fk_vm_open(&w->options, &w->inner);
    if (m->kind == CALL) return fk_vm_call(w->inner, m->text, m->params, &m->result);
    return m->kind == POLL ? fk_vm_poll(w->inner) : fk_vm_close(w->inner);
}

static void *worker_main(void *argument) {
    struct worker *w = argument;
    for (struct message *message; (message = take(w, WORKER))->kind != END;) {
        serve(w, WORKER, message);
        message->done = true;
        give(w, CALLER, message);
    }
    return NULL;
}

/* ---- both ----------------------------------------------------------------------------------- */

/* The other side waits meanwhile, so that what its message points to holds still. */
static void serve(struct worker *w, enum side me, struct message *m) {
    if (me == WORKER) {
        m->status = run_in_vm(w, m);
        m->error = *fk_error_last();
    } else if (m->kind == HOST_METHOD) {
        m->status = w->host->dispatch(w->vm, m->text, m->size, m->params, !m->answer, m->answer);
        if (w->host->must_end(w->vm) != FK_OK) interrupt_inner(w); /* before it goes on */
    } else {
        w->host->output(w->vm, m->level, m->text, m->size);
    }
}

/* ---- the caller's side: the table of fk_backend.h -------------------------------------------- */

/* What ended for must_end() takes its status, and the library's words. */
static fk_status fail(struct worker *w, const struct message *m) {
    const fk_status reason = m->status == FK_INTERRUPTED ? w->host->must_end(w->vm) : FK_OK;
    const fk_failure failure = {.size = sizeof failure,
                                .message = reason == FK_OK ? m->error.message : NULL,
                                .traceback = m->error.traceback,
                                .code = m->error.code,
                                .exit_status = m->error.exit_status,
                                .vm_dead = m->kind != OPEN && !m->error.vm_alive};
    return w->host->fail(w->vm, reason == FK_OK ? m->status : reason, &failure);
}

/* A thread with a large stack, which no signal of the server's disturbs. */
static bool start_thread(struct worker *w) {
    sigset_t all, before;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&w->thread, &attributes, worker_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

static void destroy(struct worker *w) {
    struct message message = {.kind = END};
    give(w, WORKER, &message);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->moved);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

/* Time and output are watched once, outside; the other limits are the inner VM's to keep.
 * The library's struct may be shorter or longer than the one that this file was built with. */
static void set_inner_options(struct worker *w, const fk_vm_options *options,
                              const fk_method *methods) {
    const size_t known = options->size < sizeof w->options ? options->size : sizeof w->options;
    memcpy(&w->options, options, known);
    w->options.size = known;
    w->options.backend = "embedded";
    w->options.methods = methods;
    w->options.output = on_output;
    w->options.user = w;
    w->options.finalize = NULL;
    w->options.max_output = FK_NO_LIMIT;
    w->options.open_timeout = w->options.call_timeout = w->options.host_timeout = FK_NO_LIMIT;
}

static const fk_failure no_thread = {.size = sizeof no_thread,
                                     .message = "cannot start a thread with a stack of 16 MiB"};

static fk_status worker_open(fk_vm *vm, const fk_host *host, const fk_vm_options *options,
                             void **state) {
    struct worker *w = malloc(sizeof *w);
    if (!w) return host->fail(vm, FK_NO_MEMORY, NULL);
    *w = (struct worker){.vm = vm, .host = host, .turn = CALLER};
    const fk_method methods[] = {{.name = "*", .call = on_host_method, .user = w}, {0}};
    set_inner_options(w, options, methods);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->moved, NULL);
    if (!start_thread(w)) {
        free(w);
        return host->fail(vm, FK_OPEN_FAILED, &no_thread);
    }
    __atomic_store_n(state, w,
                     __ATOMIC_RELEASE); /* from here on it can be interrupted, and is closed */
    w->ready = true;
    struct message message = {.kind = OPEN};
    ask(w, CALLER, &message);
    return message.status == FK_OK ? FK_OK : fail(w, &message);
}

static fk_status request(struct worker *w, struct message *message) {
    ask(w, CALLER, message);
    return message->status == FK_OK ? FK_OK : fail(w, message);
}

static fk_status worker_call(void *state, const char *method, const fk_value *params) {
    struct worker *w = state;
    struct message message = {.kind = CALL, .text = method, .params = params};
    fk_status status = request(w, &message);
    if (status == FK_OK) status = w->host->result(w->vm, message.result);
    fk_value_free(message.result);
    return status;
}

static fk_status worker_poll(void *state) {
    struct message message = {.kind = POLL};
    return request(state, &message);
}

static fk_status worker_close(void *state) {
    struct worker *w = state;
    struct message message = {.kind = CLOSE};
    w->ready = false; /* the inner VM goes: nothing is left to interrupt */
    const fk_status status = request(w, &message);
    destroy(w);
    return status;
}

/* From any thread, while the worker may run: these two functions of the library allow that. */
static fk_status worker_interrupt(void *state, fk_status reason) {
    struct worker *w = state;
    (void)reason; /* the inner VM knows what runs */
    const fk_status status = interrupt_inner(w);
    pthread_mutex_lock(&w->lock);
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->lock);
    return status;
}

static void worker_stats(void *state, fk_stats *stats) {
    fk_stats inner = FK_STATS_INIT;
    if (fk_vm_stats(((struct worker *)state)->inner, &inner) != FK_OK) return;
    stats->memory = inner.memory;
    stats->memory_peak = inner.memory_peak;
    stats->sandbox_reached = inner.sandbox_reached;
    stats->runtime = inner.runtime;
    stats->limited_by = inner.limited_by;
    if (stats->size >= sizeof inner)
        stats->wants_poll = inner.wants_poll; /* an older library has none */
}

__attribute__((visibility("default"))) const fk_backend *fk_backend_entry(uint32_t host_abi);

const fk_backend *fk_backend_entry(uint32_t host_abi) {
    static const fk_backend backend = {
        .size = sizeof backend,
        .abi = FK_BACKEND_ABI,
        .name = "worker",
        .about = "a lua_State on a thread of its own, with a 16 MiB stack",
        .open = worker_open,
        .call = worker_call,
        .interrupt = worker_interrupt,
        .stats = worker_stats,
        .poll = worker_poll,
        .close = worker_close};
    return host_abi == FK_BACKEND_ABI ? &backend : NULL;
}
