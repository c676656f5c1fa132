// SPDX-License-Identifier: MIT
// FK_PRINTF(n, m): parameter n is a format as C has it, checked against those from m on.
#pragma once

#if defined(_WIN32) && defined(__GNUC__) && !defined(__clang__)
#define FK_PRINTF(format_at, values_at)                                                            \
    __attribute__((__format__(__gnu_printf__, format_at, values_at)))
#else
#define FK_PRINTF(format_at, values_at)                                                            \
    __attribute__((__format__(__printf__, format_at, values_at)))
#endif
