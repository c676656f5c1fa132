/* SPDX-License-Identifier: MIT */
/* The limits that `fkvm bench` compares with: a bare lua_pcall, and a bare ping-pong over pipes or
 * a socketpair.
 *
 * usage: fkvm-raw [--pin] pcall COUNT                    a call of an empty function, two arguments
 *        fkvm-raw [--pin] pipe|socketpair OUT IN COUNT   a child answers OUT bytes with IN bytes
 * Prints one line of JSON; with --pin all runs on one core. */
#include <lauxlib.h>
#include <lualib.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 1000 };

static void check(int good, const char *what) {
    if (good) return;
    perror(what);
    exit(1);
}

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t count, double part) {
    return sorted[(size_t)((double)(count - 1) * part)];
}

static void print_samples(double *samples, size_t count) {
    qsort(samples, count, sizeof *samples, compare);
    printf("{\"count\":%zu,\"p50_ns\":%.1f,\"p90_ns\":%.1f,\"p99_ns\":%.1f,\"max_ns\":%.1f}\n",
           count, percentile(samples, count, 0.5), percentile(samples, count, 0.9),
           percentile(samples, count, 0.99), samples[count - 1]);
}

/* Each sample is the mean of a batch: one call is shorter than reading the clock. */
static void measure_pcall(size_t count) {
    lua_State *L = luaL_newstate();
    check(L != NULL, "luaL_newstate");
    luaL_openlibs(L);
    check(luaL_dostring(L, "function empty() end") == LUA_OK, "empty");
    const size_t batches = count / BATCH + 1;
    double *samples = malloc(batches * sizeof *samples);
    check(samples != NULL, "malloc");
    for (size_t i = 0; i < batches; i++) {
        const double start = now_ns();
        for (int n = 0; n < BATCH; n++) {
            lua_getglobal(L, "empty");
            lua_pushinteger(L, 7);
            lua_pushlstring(L, "delay_done", 10);
            check(lua_pcall(L, 2, 1, 0) == LUA_OK, "lua_pcall");
            lua_pop(L, 1);
        }
        samples[i] = (now_ns() - start) / BATCH;
    }
    print_samples(samples, batches);
    free(samples);
    lua_close(L);
}

static int transfer(ssize_t (*io)(int, void *, size_t), int fd, char *data, size_t size) {
    while (size) {
        const ssize_t done = io(fd, data, size);
        if (done <= 0) return 0;
        data += done;
        size -= (size_t)done;
    }
    return 1;
}

static ssize_t write_some(int fd, void *data, size_t size) { return write(fd, data, size); }

static void answer(int in, int out, size_t question, size_t reply) {
    char *data = calloc(1, (question > reply ? question : reply) + 1);
    while (data && transfer(read, in, data, question) && transfer(write_some, out, data, reply)) {
    }
    _exit(0);
}

static void measure_transport(int sockets, size_t question, size_t reply, size_t count) {
    int there[2], back[2];
    if (sockets) {
        check(socketpair(AF_UNIX, SOCK_STREAM, 0, there) == 0, "socketpair");
        back[0] = dup(there[1]);
        back[1] = dup(there[0]);
        check(back[0] >= 0 && back[1] >= 0, "dup");
    } else {
        check(pipe(there) == 0 && pipe(back) == 0, "pipe");
    }
    const pid_t child = fork();
    check(child >= 0, "fork");
    if (child == 0) {
        close(there[1]);
        close(back[0]);
        answer(there[0], back[1], question, reply);
    }
    close(there[0]);
    close(back[1]);
    char *data = calloc(1, (question > reply ? question : reply) + 1);
    double *samples = malloc(count * sizeof *samples);
    check(data && samples, "malloc");
    const size_t warm_up = count / 10;
    for (size_t i = 0; i < count + warm_up; i++) {
        const double start = now_ns();
        check(transfer(write_some, there[1], data, question) &&
                  transfer(read, back[0], data, reply),
              "ping-pong");
        if (i >= warm_up) samples[i - warm_up] = now_ns() - start;
    }
    print_samples(samples, count);
    close(there[1]);
    close(back[0]);
    check(waitpid(child, NULL, 0) == child, "waitpid");
    free(data);
    free(samples);
}

static void pin_to_one_core(void) {
    cpu_set_t allowed, one;
    check(sched_getaffinity(0, sizeof allowed, &allowed) == 0, "sched_getaffinity");
    int core = 0;
    while (core < CPU_SETSIZE - 1 && !CPU_ISSET(core, &allowed)) core++;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    check(sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--pin") == 0) {
        pin_to_one_core();
        argc--;
        argv++;
    }
    const char *what = argc > 1 ? argv[1] : "";
    if (argc == 3 && strcmp(what, "pcall") == 0) {
        measure_pcall(strtoul(argv[2], NULL, 10));
        return 0;
    }
    const int pipes = strcmp(what, "pipe") == 0, sockets = strcmp(what, "socketpair") == 0;
    const size_t count = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
    if (count == 0 || !(pipes || sockets)) {
        fputs("usage: fkvm-raw [--pin] pcall COUNT | pipe|socketpair OUT IN COUNT\n", stderr);
        return 2;
    }
    measure_transport(sockets, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), count);
    return 0;
}
