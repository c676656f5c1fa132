/* SPDX-License-Identifier: MIT */
/* What scripts may read below `trusted`: files in their own folders, a few at a time. What lies
 * elsewhere looks the same whether it is there or not. */
#include "contract.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[256], script[PATH_MAX];

static const char *in(const char *name) {
    static char texts[4][PATH_MAX];
    static int next;
    char *text = texts[next++ % 4];
    snprintf(text, PATH_MAX, "%s/%s", base, name);
    return text;
}

static void put(const char *name) {
    FILE *file = fopen(in(name), "w");
    assert_non_null(file);
    fputs("return 'text'", file);
    fclose(file);
}

/* base/vm is the VM's; its links lead out. */
static void make_folders(void) {
    char folder[] = "/tmp/fk_contract_XXXXXX", *real;
    assert_non_null(real = realpath(scripts_directory(), NULL));
    snprintf(script, sizeof script, "%s/paths.lua", real);
    free(real);
    assert_non_null(mkdtemp(folder));
    assert_non_null(real = realpath(folder, NULL));
    snprintf(base, sizeof base, "%s", real);
    free(real);
    static const char *const folders[] = {"vm", "vm/own", "secret", "secret/folder"};
    for (size_t i = 0; i < 4; i++) assert_int_equal(mkdir(in(folders[i]), 0700), 0);
    put("vm/data");
    put("vm/own/data");
    put("secret/file");
    assert_int_equal(symlink(in("secret"), in("vm/way_out")), 0);
    assert_int_equal(symlink(in("secret/file"), in("vm/file_link")), 0);
    assert_int_equal(symlink(in("secret/folder"), in("vm/folder_link")), 0);
    assert_int_equal(symlink(in("secret/none"), in("vm/dangling")), 0);
    assert_int_equal(symlink("data", in("vm/inner_link")), 0);
    assert_int_equal(mkfifo(in("vm/fifo"), 0600), 0);
}

static void remove_folders(void) {
    char command[PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    assert_int_equal(system(command), 0);
}

static fk_vm *open_in(const char *directory, uint32_t level, uint32_t flags) {
    fk_vm_options options = contract_options(script);
    options.directory = directory;
    options.sandbox = level;
    options.flags = flags;
    return contract_open_with(&options);
}

static void done(fk_vm *vm) {
    contract_close(vm);
    remove_folders();
}

/* What method(path) says, without the path. */
static char *answer(fk_vm *vm, const char *method, const char *path) {
    char params[PATH_MAX + 8], *json = NULL;
    snprintf(params, sizeof params, "[\"%s\"]", path);
    fk_value *result = NULL;
    if (call_json(vm, method, params, &result) == FK_OK)
        fk_value_to_json(result, &json, NULL);
    else
        assert_non_null(json = strdup(fk_error_last()->message));
    char *text = strdup(json);
    for (char *at; (at = strstr(text, path));)
        memmove(at, at + strlen(path), strlen(at + strlen(path)) + 1);
    result ? fk_text_free(json) : free(json);
    fk_value_free(result);
    return text;
}

static void expect_answer(fk_vm *vm, const char *method, const char *path, const char *part) {
    char *text = answer(vm, method, path);
    if (!strstr(text, part)) fail_msg("%s(%s): %s, without '%s'", method, path, text, part);
    free(text);
}

/* The refused must not be told from what is not there. */
static void expect_nothing_told(fk_vm *vm, const char *there, const char *missing) {
    static const char *const methods[] = {
        "open", "lines", "read_input", "load_file", "do_file", "there", "is_folder", "list", "go"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char *one = answer(vm, methods[i], there), *other = answer(vm, methods[i], missing);
        if (strcmp(one, other) != 0)
            fail_msg("%s: %s of what is there, %s of what is not", methods[i], one, other);
        free(one);
        free(other);
    }
    expect_answer(vm, "open", there, "Permission denied (");
    expect_answer(vm, "there", there, "false");
    expect_answer(vm, "go", there, "cannot change");
}

static void nothing_is_told_of_elsewhere(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, 0);
    expect_nothing_told(vm, "../secret/file", "../secret/none");
    expect_nothing_told(vm, "../secret/folder", "../secret/none");
    expect_nothing_told(vm, in("secret/file"), in("secret/none"));
    expect_nothing_told(vm, "way_out/file", "way_out/none");
    expect_nothing_told(vm, "way_out", "dangling");
    expect_nothing_told(vm, "folder_link", "dangling");
    expect_nothing_told(vm, "file_link", "dangling");
    expect_nothing_told(vm, "/etc/passwd", "/etc/none");
    expect_nothing_told(vm, "/tmp", "/none");
    expect_nothing_told(vm, "..", "../none");
    expect_answer(vm, "open", "way_out/file", "FK_OPEN_FOLLOW_LINKS");
    expect_answer(vm, "open", "none", "No such file");
    expect_answer(vm, "open", "data/none", "Not a directory");
    expect_answer(vm, "open", "inner_link", "text");
    expect_answer(vm, "open", "own/../own/data", "text");
    done(vm);
}

static void links_by_a_flag(void **state) {
    (void)state;
    make_folders();
    assert_int_equal(symlink("/", in("vm/own/root")), 0);
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, FK_OPEN_FOLLOW_LINKS);
    expect_answer(vm, "open", "way_out/file", "text");
    expect_answer(vm, "open", "file_link", "text");
    expect_answer(vm, "is_folder", "folder_link", "true");
    expect_answer(vm, "list", "way_out", "folder");
    expect_nothing_told(vm, "own/root/etc/passwd", "own/root/etc/none");
    expect_nothing_told(vm, "/etc/passwd", "/etc/none");
    done(vm);
}

/* A link that came later is refused, and the reason is not a flag that is there. */
static void later_links(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, FK_OPEN_FOLLOW_LINKS);
    assert_int_equal(mkdir(in("later"), 0700), 0);
    put("later/file");
    assert_int_equal(symlink(in("later"), in("vm/added")), 0);
    assert_int_equal(symlink(in("none"), in("vm/added_nowhere")), 0);
    expect_answer(vm, "open", "added/file",
                  "were there when the VM, or the template it is a copy of");
    expect_nothing_told(vm, "added/file", "added/none");
    expect_nothing_told(vm, "added", "added_nowhere");
    fk_vm *next = open_in(in("vm"), FK_SANDBOX_GAME, FK_OPEN_FOLLOW_LINKS | FK_OPEN_NO_TEMPLATE);
    expect_answer(next, "open", "added/file", "text");
    contract_close(next);
    done(vm);
}

/* A module's file that cannot be read says why, and as little as any other. */
static void modules_beyond(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, 0);
    char *one = answer(vm, "need_at", in("secret/file")),
         *two = answer(vm, "need_at", in("secret/none"));
    assert_non_null(
        strstr(one, "Permission denied (outside of the folders that this VM may read)"));
    assert_string_equal(one, two);
    free(one);
    free(two);
    expect_answer(vm, "need_at", "way_out/file", "FK_OPEN_FOLLOW_LINKS");
    expect_answer(vm, "need_at", "fifo", "not a regular file");
    char *missing = answer(vm, "need_at", "none");
    assert_null(strstr(missing, "No such file")); /* as Lua says it */
    assert_non_null(strstr(missing, "no file ''"));
    free(missing);
    done(vm);
}

/* A package that was exchanged as a whole: Landlock knows the old folder. */
static void replaced_folders(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, 0);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    const int is_refused = strstr(stats.sandbox_reached, "landlock") != NULL;
    assert_int_equal(rename(in("vm"), in("old")), 0);
    assert_int_equal(mkdir(in("vm"), 0700), 0);
    put("vm/data");
    expect_answer(vm, "there", "data", "true");
    expect_answer(vm, "need_at", "data", is_refused ? "replaced after the VM opened" : "text");
    expect_answer(vm, "open", "data", is_refused ? "replaced after the VM opened" : "text");
    done(vm);
}

static void trusted_reads_all(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_TRUSTED, 0);
    expect_answer(vm, "open", "way_out/file", "text");
    expect_answer(vm, "open", "../secret/file", "text");
    expect_answer(vm, "there", "/etc/passwd", "true");
    expect_answer(vm, "open", "/dev/null", "\"\"");
    done(vm);
}

static void nothing_but_files(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, 0);
    static const char *const methods[] = {"open", "lines", "read_input", "load_file", "do_file"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        expect_answer(vm, methods[i], "fifo", "not a regular file");
        expect_answer(vm, methods[i], "own", "Is a directory");
        for (const char *const *path =
                 (const char *const[]){"/proc/self/mem", "/proc/self/environ", "/dev/null",
                                       "/dev/zero", "/dev/stdin", "/sys/kernel/mm", NULL};
             *path; path++)
            expect_answer(vm, methods[i], *path, "Permission denied (");
    }
    contract_close(vm);
    if (access("/proc/self/environ", R_OK) == 0) { /* mounted where the VM may read */
        vm = open_in("/proc/self", FK_SANDBOX_GAME, 0);
        expect_answer(vm, "open", "environ", "Permission denied");
        expect_answer(vm, "open", "mem", "Permission denied");
        contract_close(vm);
    }
    remove_folders();
}

static void a_few_files_at_a_time(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, 0);
    for (int i = 0; i < 2; i++)
        expect_call(vm, "hold", "[1000]",
                    "[64,\"data: the VM has 64 files open, and may have no more; close some\"]");
    expect_call(vm, "lose", "[1000]", "true");
    expect_call(vm, "hold", "[64]", "[64]");
    expect_answer(vm, "there", "data", "true");
    expect_answer(vm, "do_file", "data", "text");
    contract_close(vm);
    vm = open_in(in("vm"), FK_SANDBOX_TRUSTED, 0);
    expect_call(vm, "hold", "[100]", "[100]");
    done(vm);
}

/* However many VMs there are: the last quarter of the process's descriptors is not theirs. */
static void some_descriptors_are_left(void **state) {
    (void)state;
    make_folders();
    struct rlimit before, low;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    low.rlim_cur = 80;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, 0);
    expect_answer(vm, "hold", "1000", "last quarter");
    int spare[12];
    for (size_t i = 0; i < 12; i++) assert_true((spare[i] = dup(0)) >= 0);
    for (size_t i = 0; i < 12; i++) close(spare[i]);
    expect_answer(vm, "do_file", "data", "text");
    contract_close(vm);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    remove_folders();
}

/* contract_teardown counts the descriptors. */
static void files_end_with_their_vm(void **state) {
    (void)state;
    make_folders();
    fk_vm *vm = open_in(in("vm"), FK_SANDBOX_GAME, 0);
    expect_call(vm, "leave_open", NULL, "\"file\"");
    done(vm);
}

static void expect_too_wide(const char *directory, const char *file) {
    fk_vm_options options = contract_options(file);
    options.directory = directory;
    contract_open_fails(&options, FK_OPEN_FAILED, "cannot use the directory '",
                        "root or a home directory", "options.directory", NULL);
    options.sandbox = FK_SANDBOX_TRUSTED;
    contract_close(contract_open_with(&options));
}

static void no_folder_that_holds_all(void **state) {
    (void)state;
    make_folders();
    char file[PATH_MAX + 8], *before = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    snprintf(file, sizeof file, "%s", in("secret/file"));
    setenv("HOME", in("vm"), 1);
    expect_too_wide("/", file);
    expect_too_wide(in("vm"), file);
    expect_too_wide(base, file);
    expect_too_wide(NULL, in("vm/data"));
    expect_too_wide(in("secret"), in("vm/data"));
    fk_vm *vm = open_in(in("vm/own"), FK_SANDBOX_GAME, 0);
    before ? setenv("HOME", before, 1) : unsetenv("HOME");
    free(before);
    done(vm);
}

static const struct CMUnitTest tests[] = {TEST(nothing_is_told_of_elsewhere),
                                          TEST(links_by_a_flag),
                                          TEST(later_links),
                                          TEST(modules_beyond),
                                          TEST(replaced_folders),
                                          TEST(trusted_reads_all),
                                          TEST(nothing_but_files),
                                          TEST(a_few_files_at_a_time),
                                          TEST(some_descriptors_are_left),
                                          TEST(files_end_with_their_vm),
                                          TEST(no_folder_that_holds_all)};
TOPIC(reach, tests);
