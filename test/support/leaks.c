/* SPDX-License-Identifier: MIT */
/* Reads /proc/self. On a system without it everything counts as nothing, and every check passes. */
#include "leaks.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_THREAD__) /* it has a thread of its own, from some moment on */
#define NO_MORE_THREADS(before, now) 1
#else /* fewer are no leak: one of before was about to end */
#define NO_MORE_THREADS(before, now) ((now)->threads <= (before)->threads)
#endif

static void count_descriptors(leaks_census *census) {
    DIR *dir = opendir("/proc/self/fd");
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        const int fd = atoi(entry->d_name);
        if (entry->d_name[0] == '.' || fd == dirfd(dir) || fd >= LEAKS_MOST) continue;
        census->open[fd] = true;
        census->descriptors++;
    }
    closedir(dir);
}

static size_t count_children(const char *task) {
    char path[300];
    snprintf(path, sizeof path, "/proc/self/task/%s/children", task);
    FILE *file = fopen(path, "r");
    size_t count = 0;
    if (!file) return 0;
    for (int pid; fscanf(file, "%d", &pid) == 1;) count++;
    fclose(file);
    return count;
}

static void count_tasks(leaks_census *census) {
    DIR *dir = opendir("/proc/self/task");
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.') continue;
        census->threads++;
        census->children += count_children(entry->d_name);
    }
    closedir(dir);
}

void leaks_take(leaks_census *census) {
    memset(census, 0, sizeof *census);
    count_descriptors(census);
    count_tasks(census);
}

static bool same(const leaks_census *before, const leaks_census *now) {
    return NO_MORE_THREADS(before, now) && before->children == now->children &&
           memcmp(before->open, now->open, sizeof now->open) == 0;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void describe(const leaks_census *before, const leaks_census *now, char *text, size_t size) {
    int n =
        snprintf(text, size, "before/after: descriptors %zu/%zu, threads %zu/%zu, children %zu/%zu",
                 before->descriptors, now->descriptors, before->threads, now->threads,
                 before->children, now->children);
    for (int fd = 0; fd < LEAKS_MOST && n > 0 && (size_t)n < size; fd++) {
        if (before->open[fd] == now->open[fd]) continue;
        char path[64], target[256];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        const ssize_t length = readlink(path, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        n += snprintf(text + n, size - (size_t)n, "; %d %s", fd, now->open[fd] ? target : "closed");
    }
}

bool leaks_check(const leaks_census *before, char *text, size_t size) {
    leaks_census now;
    const double end = seconds() + 2;
    for (leaks_take(&now); !same(before, &now) && seconds() < end; leaks_take(&now)) sched_yield();
    if (same(before, &now)) return true;
    describe(before, &now, text, size);
    return false;
}
