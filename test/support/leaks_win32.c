/* SPDX-License-Identifier: MIT */
/* Descriptors of the C library, and threads. */
#include "leaks.h"

#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <tlhelp32.h>

static void ignore(const wchar_t *a, const wchar_t *b, const wchar_t *c, unsigned d, uintptr_t e) {
    (void)a, (void)b, (void)c, (void)d, (void)e;
}

void leaks_take(leaks_census *census) {
    memset(census, 0, sizeof *census);
    _set_invalid_parameter_handler(ignore);
    for (int fd = 0; fd < 2048; fd++) {
        if (_get_osfhandle(fd) < 0) continue;
        census->open[fd] = true;
        census->descriptors++;
    }
    const HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 thread = {.dwSize = sizeof thread};
    for (BOOL more = Thread32First(all, &thread); more; more = Thread32Next(all, &thread))
        census->threads += thread.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle(all);
}

bool leaks_check(const leaks_census *before, char *text, size_t size) {
    leaks_census now;
    const ULONGLONG end = GetTickCount64() + 2000;
    for (;;) {
        leaks_take(&now);
        if (now.threads == before->threads && memcmp(now.open, before->open, sizeof now.open) == 0)
            return true;
        if (GetTickCount64() >= end) break;
        Sleep(1);
    }
    snprintf(text, size, "before/after: descriptors %zu/%zu, threads %zu/%zu", before->descriptors,
             now.descriptors, before->threads, now.threads);
    return false;
}
