/* SPDX-License-Identifier: MIT */
#pragma once
typedef struct {
    struct {
        void *ss_sp;
        size_t ss_size;
    } uc_stack;
    void *uc_link;
} ucontext_t;
#define getcontext(context) FK_NOT_HERE("ucontext")
#define makecontext(context, function, count) FK_NOT_HERE("ucontext")
#define swapcontext(from, to) FK_NOT_HERE("ucontext")
