/* SPDX-License-Identifier: MIT */
/* The program's own malloc, read and so on come before the C library's, also for libfkvm. */
#undef _FILE_OFFSET_BITS /* open is open here, and open64 its other name */
#include "interpose.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOCAL static _Thread_local __attribute__((tls_model("initial-exec")))

LOCAL fault_kind armed;
LOCAL int error_number;
LOCAL unsigned uses_left, more_left;
LOCAL bool came;
static atomic_long blocks;

void fault_arm(fault_kind kind, int error, unsigned n, unsigned more) {
    error_number = error;
    uses_left = n;
    more_left = more;
    came = false;
    armed = kind;
}

bool fault_disarm(void) {
    armed = FAULT_NONE;
    return came;
}

long fault_blocks(void) { return atomic_load(&blocks); }

static bool fails(fault_kind kind) {
    if (armed != kind) return false;
    if (uses_left > 1) return uses_left--, false;
    if (uses_left == 0 && more_left == 0) return false;
    if (uses_left == 0) more_left--;
    uses_left = 0;
    came = true;
    errno = error_number;
    return true;
}

/* ---- memory -------------------------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static void *counted(void *block) {
    if (block) atomic_fetch_add(&blocks, 1);
    return block;
}

void *malloc(size_t size) { return fails(FAULT_MEMORY) ? NULL : counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) {
    return fails(FAULT_MEMORY) ? NULL : counted(__libc_calloc(count, size));
}
void *memalign(size_t alignment, size_t size) {
    return fails(FAULT_MEMORY) ? NULL : counted(__libc_memalign(alignment, size));
}
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **block, size_t alignment, size_t size) {
    return (*block = memalign(alignment, size)) ? 0 : ENOMEM;
}

void *realloc(void *block, size_t size) {
    if (fails(FAULT_MEMORY)) return NULL;
    void *result = __libc_realloc(block, size);
    if (!block) return counted(result);
    if (!size) atomic_fetch_sub(&blocks, 1);
    return result;
}

void free(void *block) {
    if (block) atomic_fetch_sub(&blocks, 1);
    __libc_free(block);
}

/* ---- system calls -------------------------------------------------------------------------- */

#define NEXT(name)                                                                                 \
    static __typeof__(name) *next;                                                                 \
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, #name)

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
    if (fails(FAULT_MMAP)) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}
void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
    __attribute__((alias("mmap")));
ssize_t read(int fd, void *to, size_t size) {
    return fails(FAULT_READ) ? -1 : syscall(SYS_read, fd, to, size);
}
ssize_t write(int fd, const void *from, size_t size) {
    return fails(FAULT_WRITE) ? -1 : syscall(SYS_write, fd, from, size);
}
int poll(struct pollfd *fds, nfds_t count, int ms) {
    NEXT(poll);
    return fails(FAULT_POLL) ? -1 : next(fds, count, ms);
}
int pipe2(int ends[2], int flags) {
    NEXT(pipe2);
    return fails(FAULT_PIPE) ? -1 : next(ends, flags);
}
int eventfd(unsigned count, int flags) {
    NEXT(eventfd);
    return fails(FAULT_EVENTFD) ? -1 : next(count, flags);
}
int epoll_create1(int flags) {
    NEXT(epoll_create1);
    return fails(FAULT_EPOLL) ? -1 : next(flags);
}
int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event) {
    NEXT(epoll_ctl);
    return fails(FAULT_EPOLL_CTL) ? -1 : next(epoll, what, fd, event);
}
int fcntl(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    const long argument = va_arg(rest, long);
    va_end(rest);
    const bool copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
    return copies && fails(FAULT_FCNTL) ? -1 : (int)syscall(SYS_fcntl, fd, command, argument);
}
int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));
int clone(int (*start)(void *), void *stack, int flags, void *argument, ...) {
    NEXT(clone);
    va_list rest;
    va_start(rest, argument);
    void *first = va_arg(rest, void *);
    va_end(rest);
    return fails(FAULT_CLONE) ? -1 : next(start, stack, flags, argument, first);
}
int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const int mode = va_arg(rest, int);
    va_end(rest);
    return fails(FAULT_OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int waitid(idtype_t type, id_t id, siginfo_t *info, int options) {
    NEXT(waitid);
    return fails(FAULT_WAITID) ? -1 : next(type, id, info, options);
}
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument) {
    NEXT(pthread_create);
    return fails(FAULT_THREAD) ? error_number : next(thread, attributes, start, argument);
}
int socketpair(int domain, int type, int protocol, int ends[2]) {
    NEXT(socketpair);
    return fails(FAULT_SOCKET) ? -1 : next(domain, type, protocol, ends);
}
ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
    NEXT(sendmsg);
    return fails(FAULT_SEND) ? -1 : next(socket, message, flags);
}
ssize_t recvmsg(int socket, struct msghdr *message, int flags) {
    NEXT(recvmsg);
    return fails(FAULT_RECEIVE) ? -1 : next(socket, message, flags);
}

/* Only what glibc has no function for is called through it. */
long syscall(long number, ...) {
    NEXT(syscall);
    long a[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
    va_end(rest);
    return number == SYS_pidfd_open && fails(FAULT_PIDFD)
               ? -1
               : next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
