/* SPDX-License-Identifier: MIT */
#pragma once
#define MAP_FAILED ((void *)-1)
#define mmap(at, size, rights, flags, file, offset) ((void *)(intptr_t)FK_NOT_HERE("mmap()"))
#define mprotect(at, size, rights) FK_NOT_HERE("mprotect()")
#define munmap(at, size) FK_NOT_HERE("munmap()")
