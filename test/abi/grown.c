/* SPDX-License-Identifier: MIT */
/* A program that uses every struct which grows. grown.py builds it twice, with today's headers and
 * with headers of a later release (FK_GROWN: one field more in each), and runs each with the
 * library of the other.
 *
 * usage: grown PLUGIN SCRIPT      with FK_VM_BACKEND set */
#include <fk_vm.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AFTER 64 /* bytes behind a struct that nobody may touch */

#define EXPECT(what)                                                                               \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "grown.c:%d: %s; the last error: %s: %s\n", __LINE__, #what,           \
                    fk_status_name(fk_error_last()->status), fk_error_last()->message);            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static fk_status take(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    return fk_reply(request, params);
}

static const fk_method methods[] = {{.name = "take", .call = take}, {0}};

static fk_vm_options options_for(const char *script) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = script;
    options.methods = methods;
    options.max_values = 100;
    options.max_host_calls = 3; /* the last field of the first release */
    return options;
}

static fk_status call(fk_vm *vm, const char *method, int64_t number) {
    const fk_value params[] = {FK_INT(number)};
    fk_value *result = NULL;
    const fk_status status = fk_vm_call(vm, method, &FK_ARRAY(params), &result);
    if (status == FK_OK) EXPECT(result->kind == FK_INT && result->integer == number);
    fk_value_free(result);
    return status;
}

static void options_are_read(const char *script) {
    const fk_vm_options options = options_for(script);
    fk_vm *vm;
    EXPECT(fk_vm_open(&options, &vm) == FK_OK);
    EXPECT(call(vm, "take_times", 3) == FK_OK);
    EXPECT(call(vm, "take_times", 4) != FK_OK);
    EXPECT(strstr(fk_error_last()->message, "max_host_calls"));
    fk_vm_close(vm);
}

/* Only a library that knows the field may take a program's word for it. */
static void a_field_of_tomorrow(const char *script) {
#ifdef FK_GROWN
    fk_vm_options options = options_for(script);
    fk_vm *vm = NULL;
    options.later_field = 1;
    if (getenv("FK_GROWN_LIBRARY")) {
        EXPECT(fk_vm_open(&options, &vm) == FK_OK);
    } else {
        EXPECT(fk_vm_open(&options, &vm) == FK_INVALID && !vm);
        EXPECT(strstr(fk_error_last()->message, "this library is too old"));
    }
    fk_vm_close(vm);
#else
    (void)script;
#endif
}

static bool untouched(const unsigned char *bytes) {
    for (size_t i = 0; i < AFTER; i++)
        if (bytes[i] != 0xa5) return false;
    return true;
}

static void stats_are_written(fk_vm *vm) {
    struct {
        fk_stats stats;
        unsigned char after[AFTER];
    } room = {.stats = FK_STATS_INIT};
    memset(room.after, 0xa5, AFTER);
    EXPECT(fk_vm_stats(vm, &room.stats) == FK_OK);
    EXPECT(room.stats.size == sizeof room.stats && untouched(room.after));
    EXPECT(room.stats.backend && room.stats.alive && room.stats.calls == 1);
    EXPECT(room.stats.runtime && *room.stats.runtime);
    /* From before there was a runtime. */
    memset((char *)&room + offsetof(fk_stats, runtime), 0xa5, sizeof room.stats.runtime);
    room.stats.size = offsetof(fk_stats, runtime);
    EXPECT(fk_vm_stats(vm, &room.stats) == FK_OK);
    EXPECT(room.stats.size == offsetof(fk_stats, runtime));
    EXPECT(*((unsigned char *)&room + offsetof(fk_stats, runtime)) == 0xa5);
}

static void method_stats_are_written(fk_vm *vm) {
    struct {
        fk_method_stats stats;
        unsigned char after[AFTER];
    } room = {.stats = {.size = sizeof(fk_method_stats)}};
    memset(room.after, 0xa5, AFTER);
    EXPECT(fk_vm_method_stats(vm, 0, &room.stats) == FK_OK);
    EXPECT(room.stats.size == sizeof room.stats && untouched(room.after));
    EXPECT(strcmp(room.stats.name, "take") == 0 && room.stats.calls == 2);
}

static void errors_are_read(fk_vm *vm) {
    EXPECT(fk_vm_call(vm, "there_is_none", NULL, NULL) == FK_NO_METHOD);
    const fk_error *error = fk_error_last();
    EXPECT(error->size >= offsetof(fk_error, death) + sizeof error->death);
    EXPECT(error->status == FK_NO_METHOD && error->vm_alive && *error->message);
    EXPECT(strcmp(error->method, "there_is_none") == 0 && error->death == FK_DEATH_NONE);
}

static void looking(const char *script) {
    const fk_vm_options options = options_for(script);
    fk_vm *vm;
    EXPECT(fk_vm_open(&options, &vm) == FK_OK);
    EXPECT(call(vm, "take_times", 2) == FK_OK);
    stats_are_written(vm);
    method_stats_are_written(vm);
    errors_are_read(vm);
    EXPECT(fk_vm_close(vm) == FK_OK);
}

/* grown_backend.c, which may be older than the library or newer. */
static void a_plugin(const char *path, const char *script) {
    fk_vm_options options = options_for(script);
    fk_vm *vm;
    fk_stats stats = FK_STATS_INIT;
    options.backend = path;
    EXPECT(fk_vm_open(&options, &vm) == FK_OK);
    EXPECT(call(vm, "take", 5) == FK_OK);
    EXPECT(fk_vm_stats(vm, &stats) == FK_OK);
    EXPECT(strcmp(stats.runtime, "a plug-in") == 0 && stats.memory == 77);
    EXPECT(fk_vm_call(vm, "die", NULL, NULL) == FK_VM_DIED);
    EXPECT(strcmp(fk_error_last()->message, "it was told to") == 0);
    EXPECT(fk_error_last()->death == FK_DEATH_EXIT && fk_error_last()->exit_status == 3);
    fk_vm_close(vm);
}

int main(int argc, char **argv) {
    if (argc != 3) return fputs("usage: grown PLUGIN SCRIPT\n", stderr), 2;
    options_are_read(argv[2]);
    a_field_of_tomorrow(argv[2]);
    looking(argv[2]);
    a_plugin(argv[1], argv[2]);
    return 0;
}
