/* SPDX-License-Identifier: MIT */
/* Functions of the C library with faults: memory and system calls that fail at the n-th use by this
 * thread. */
#ifndef FK_HOSTILE_INTERPOSE_H
#define FK_HOSTILE_INTERPOSE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fault_kind {
    FAULT_NONE,
    FAULT_MEMORY,
    FAULT_MMAP,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_POLL,
    FAULT_PIPE,
    FAULT_EVENTFD,
    FAULT_EPOLL,
    FAULT_EPOLL_CTL,
    FAULT_FCNTL,
    FAULT_CLONE,
    FAULT_OPEN,
    FAULT_WAITID,
    FAULT_THREAD,
    FAULT_SOCKET,
    FAULT_SEND,
    FAULT_RECEIVE,
    FAULT_PIDFD
} fault_kind;

/* From now on the n-th use (from 1) of this kind by this thread fails with this errno, and `more`
 * after it. */
void fault_arm(fault_kind kind, int error, unsigned n, unsigned more);
/* No more. True: the fault came. */
bool fault_disarm(void);

/* Blocks of memory that malloc and its kin gave and that have not been freed, of all threads. */
long fault_blocks(void);

#endif
