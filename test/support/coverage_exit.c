/* SPDX-License-Identifier: MIT */
/* In builds that count coverage a child's _exit() comes through here (the linker's --wrap), so that
 * its counts are kept. */
#include <gcov.h>

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status) {
    __gcov_dump();
    __real__exit(status);
}
