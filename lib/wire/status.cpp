// SPDX-License-Identifier: MIT
// Statuses and causes of death as words, and the version: in messages, and on the wire.
#include "fk_vm.h"

#define FK_TEXT_(x) #x
#define FK_TEXT(x) FK_TEXT_(x)

extern "C" const char *fk_version(void) {
    return FK_TEXT(FK_VERSION_MAJOR) "." FK_TEXT(FK_VERSION_MINOR) "." FK_TEXT(FK_VERSION_PATCH);
}

extern "C" const char *fk_status_name(fk_status status) {
    static const char *const names[] = {"OK",          "INVALID",      "NO_MEMORY",    "NO_BACKEND",
                                        "OPEN_FAILED", "NO_METHOD",    "SCRIPT_ERROR", "BAD_VALUE",
                                        "TIMEOUT",     "MEMORY_LIMIT", "INTERRUPTED",  "VM_DIED",
                                        "PROTOCOL",    "BUSY",         "UNSTOPPABLE"};
    const auto i = static_cast<unsigned>(status);
    return i < sizeof names / sizeof *names ? names[i] : "UNKNOWN";
}

extern "C" const char *fk_death_name(fk_death death) {
    static const char *const names[] = {"NONE",         "EXIT",    "SIGNAL",    "OUT_OF_MEMORY",
                                        "MEMORY_LIMIT", "TIMEOUT", "INTERRUPT", "PROTOCOL",
                                        "UNKNOWN",      "OPERATOR"};
    const auto i = static_cast<unsigned>(death);
    return i < sizeof names / sizeof *names ? names[i] : "UNKNOWN";
}
