/* SPDX-License-Identifier: MIT */
/* A child that does not start, or never says hello. */
#include "child.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const misdeed exits = {"exits", BOTH(BIT(OPEN_FAILED), DIES), "exited with code 7"},
                     words = {"exits", BOTH(BIT(OPEN_FAILED), DIES), "last words"},
                     long_words = {"long_last_words", BOTH(BIT(OPEN_FAILED), DIES), "THE END"},
                     silent = {"silent", BOTH(BIT(TIMEOUT), DIES), "open_timeout", 200},
                     spins = {"spins_before_hello", BOTH(BIT(TIMEOUT), DIES), "open_timeout",
                              200}, /* SIGINT ends lua */
    slow = {"slow_hello", BOTH(BIT(TIMEOUT), DIES), "open_timeout", 300},
                     version = {"other_version", BOTH(BIT(PROTOCOL), DIES),
                                "speaks protocol 77, this library 1"},
                     old_hello = {"old_hello", BOTH(BIT(OK), LIVES)},
                     garbage = {"garbage_first", {BIT(OK), LIVES}, {BIT(PROTOCOL), DIES}},
                     requests = {"requests_first", BOTH(BIT(OK), LIVES)},
                     bytes = {"byte_by_byte", BOTH(BIT(OK), LIVES)};

/* Starts a program file of this kind; the error must name it and say why. */
static void expect_no_start(const char *file, const char *why) {
    const char *const command[] = {file, NULL};
    fk_vm_options options = hostile_options("empty.lua");
    if (on(COMMAND)) options.command = command;
    const char *old = getenv("FK_VM_HOST");
    char *kept = old ? strdup(old) : NULL;
    if (on(AS_HOST)) setenv("FK_VM_HOST", file, 1);
    fk_vm *vm = NULL;
    const fk_status status = fk_vm_open(&options, &vm);
    if (kept) setenv("FK_VM_HOST", kept, 1);
    free(kept);
    const char *message = fk_error_last()->message;
    if (status != FK_OPEN_FAILED || !strstr(message, file) || !strstr(message, why))
        fail_msg("%s: %s", fk_status_name(status), message);
    assert_null(vm);
}

static void missing(void **state) {
    (void)state;
    expect_no_start("/nowhere/at/all", "No such file or directory");
}

static void not_executable(void **state) {
    (void)state;
    expect_no_start(FK_HOSTILE_FOLDER "/scripts/empty.lua", "Permission denied");
}

static void a_folder(void **state) {
    (void)state;
    expect_no_start("/tmp/", "Permission denied");
}

static void no_interpreter(void **state) {
    (void)state;
    char file[] = "/tmp/fk-hostile-XXXXXX";
    const int fd = mkstemp(file);
    static const char text[] = "#!/nowhere/interpreter\n";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    fchmod(fd, 0700);
    close(fd);
    expect_no_start(file, "No such file or directory");
    unlink(file);
}

/* A copy of a program with some bytes changed. */
static void changed_copy(const char *program, const char *from, const char *to, size_t size,
                         const char *why) {
    char file[] = "/tmp/fk-hostile-XXXXXX";
    const int in = open(program, O_RDONLY | O_CLOEXEC), out = mkstemp(file);
    assert_true(in >= 0 && out >= 0);
    const off_t length = lseek(in, 0, SEEK_END);
    char *bytes = malloc((size_t)length);
    assert_int_equal(pread(in, bytes, (size_t)length, 0), length);
    char *place = memmem(bytes, (size_t)length, from, size);
    assert_non_null(place);
    memcpy(place, to, size);
    assert_int_equal(write(out, bytes, (size_t)length), length);
    free(bytes);
    fchmod(out, 0700);
    close(in);
    close(out);
    expect_no_start(file, why);
    unlink(file);
}

static void other_architecture(void **state) {
    (void)state;
    changed_copy(FK_LUA,
                 "\x7f"
                 "ELF",
                 "\x7f"
                 "ELG",
                 4, "Exec format error");
}

static void missing_library(void **state) {
    (void)state;
    changed_copy(FK_LUA, "libc.so.6", "libq.so.6", 9, "libq.so.6");
}

static const item items[] = {{"B1.missing", MISBEHAVING, missing, NULL},
                             {"B1.not-executable", MISBEHAVING, not_executable, NULL},
                             {"B1.folder", MISBEHAVING, a_folder, NULL},
                             {"B1.no-interpreter", MISBEHAVING, no_interpreter, NULL},
                             {"B1.other-architecture", MISBEHAVING, other_architecture, NULL},
                             {"B1.missing-library", MISBEHAVING, missing_library, NULL},
                             {"B2.exits", MISBEHAVING, run_open, &exits},
                             {"B2.last-words", MISBEHAVING, run_open, &words},
                             {"B2.long-last-words", MISBEHAVING, run_open, &long_words},
                             {"B2.silent", MISBEHAVING, run_open, &silent},
                             {"B2.spins", MISBEHAVING, run_open, &spins},
                             {"B2.slow-hello", MISBEHAVING, run_open, &slow},
                             {"B2.version", MISBEHAVING, run_open, &version},
                             {"B2.old-hello", MISBEHAVING, run_open, &old_hello},
                             {"B2.garbage-first", MISBEHAVING, run_open, &garbage},
                             {"B2.requests-first", MISBEHAVING, run_open, &requests},
                             {"B2.byte-by-byte", MISBEHAVING, run_open, &bytes}};
TOPIC(child_start, items);
