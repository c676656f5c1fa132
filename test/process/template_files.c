/* SPDX-License-Identifier: MIT */
/* Templates are for the files as they are: any change is seen by the next VM, whether the kernel
 * tells of it or not. */
#include "template_support.h"

#include <dirent.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static const char *in_folder(const char *name) {
    static char paths[2][256];
    static int last;
    last = !last;
    snprintf(paths[last], sizeof paths[last], "%s/%s", folder(), name);
    return paths[last];
}

static void make_folder(const char *name) { assert_int_equal(mkdir(in_folder(name), 0700), 0); }
static void rename_file(const char *from, const char *to) {
    assert_int_equal(rename(in_folder(from), in_folder(to)), 0);
}
static void link_file(const char *from, const char *to) {
    assert_int_equal(link(in_folder(from), in_folder(to)), 0);
}
static void make_link(const char *to, const char *name) {
    assert_int_equal(symlink(to, in_folder(name)), 0);
}

static void swap_folders(const char *one, const char *other) {
    rename_file(one, "far/away");
    rename_file(other, one);
}

static void delete_file(const char *name, const char *unused) {
    (void)unused;
    assert_int_equal(remove(in_folder(name)), 0);
}

/* After two VMs of version 1 by a template, the second of which was opened while the files are
 * watched. */
static void expect_change(void (*change)(const char *from, const char *to), const char *from,
                          const char *to, const char *now) {
    fk_vm *old = open_main(), *same = open_main();
    assert_true(is_copy(old) && is_copy(same));
    const pid_t first = template_pid(old, same, NULL);
    expect_result(same, "version", "1");
    change(from, to);
    fk_vm *fresh = open_main();
    assert_true(is_copy(fresh));
    assert_int_not_equal(template_pid(old, same, fresh, NULL), first);
    expect_result(fresh, "version", now);
    expect_result(old, "version", "1");
    close_vm(old);
    close_vm(same);
    close_vm(fresh);
}

static void expect_new_template(const char *name, const char *text, const char *now) {
    expect_change(write_file, name, text, now);
}

static void changed_files(void **state) {
    (void)state;
    use_templates("first");
    write_file("main.lua", "function version() return 1 end");
    let_files_age();
    expect_new_template("main.lua", "function version() return 2 end", "2");

    write_file("part.lua", "return 1");
    write_file("main.lua", "package.path = './before/?.lua;./?.lua' local v = require 'part'\n"
                           "function version() return v end");
    let_files_age();
    expect_new_template("part.lua", "return 3", "3");

    write_file("part.lua", "return 1");
    make_folder("before");
    let_files_age();
    expect_new_template("before/part.lua", "return 4", "4"); /* what was not found is there now */

    write_file("main.lua", "local v = #ls 'before' function version() return v end");
    let_files_age();
    expect_new_template("before/other.lua", "", "2");

    write_file("text", "1");
    write_file("main.lua",
               "local f = io.open 'text' local v = math.tointeger(f:read 'n') f:close()\n"
               "function version() return v end");
    let_files_age();
    expect_new_template("text", "5", "5");
}

/* version() is what the first part.lua of these folders returns. */
static void write_main(const char *folders) {
    char text[256];
    snprintf(text, sizeof text,
             "package.path = ('%s'):gsub('(%%S+)%%s*', './%%1/?.lua;')\n"
             "local v = require 'part'\nfunction version() return v end",
             folders);
    write_file("main.lua", text);
    use_templates("first");
}

static void write_parts(const char *one, const char *other) {
    write_file(one, "return 1");
    if (other) write_file(other, "return 2");
    let_files_age();
}

static void replaced(void **state) {
    (void)state;
    write_main(".");
    write_parts("part.lua", "new");
    expect_change(rename_file, "new", "part.lua", "2");
}

static void deleted(void **state) {
    (void)state;
    make_folder("spare");
    write_main(". spare");
    write_parts("part.lua", "spare/part.lua");
    expect_change(delete_file, "part.lua", NULL, "2");
}

/* Nobody watches the folder far: it holds nothing that is loaded or looked for. */
static void folder_led_elsewhere(void **state) {
    (void)state;
    make_folder("far");
    make_folder("far/one");
    make_folder("far/two");
    make_link("one", "far/now");
    make_link("two", "far/next");
    write_main("far/now");
    write_parts("far/one/part.lua", "far/two/part.lua");
    expect_change(rename_file, "far/next", "far/now", "2");
}

static void folder_above_renamed(void **state) {
    (void)state;
    make_folder("far");
    make_folder("far/one");
    make_folder("far/two");
    make_folder("far/one/deep");
    make_folder("far/two/deep");
    write_main("far/one/deep");
    write_parts("far/one/deep/part.lua", "far/two/deep/part.lua");
    expect_change(swap_folders, "far/one", "far/two", "2");
}

static void written_by_another_name(void **state) {
    (void)state;
    make_folder("far");
    write_main(".");
    write_parts("part.lua", NULL);
    link_file("part.lua", "far/name");
    let_files_age();
    expect_change(write_file, "far/name", "return 2", "2");
}

static void file_led_elsewhere(void **state) {
    (void)state;
    make_folder("far");
    make_link("far/now", "part.lua");
    make_link("one", "far/now");
    make_link("two", "far/next");
    write_main(".");
    write_parts("far/one", "far/two");
    expect_change(rename_file, "far/next", "far/now", "2");
}

/* A folder is looked for where a link leads to, and appears there. */
static void target_appears(void **state) {
    (void)state;
    make_folder("far");
    make_folder("far/two");
    make_link("far/target", "link");
    write_main("link .");
    write_parts("part.lua", "far/two/part.lua");
    expect_change(rename_file, "far/two", "far/target", "2");
}

/* old keeps the template. */
static void expect_kept(fk_vm *old, pid_t template) {
    fk_vm *vm = open_main();
    assert_true(is_copy(vm));
    assert_int_equal(template_pid(old, vm, NULL), template);
    expect_result(vm, "version", "1");
    close_vm(vm);
}

static void expect_other(fk_vm *old, pid_t template) {
    fk_vm *vm = open_main();
    assert_int_not_equal(template_pid(old, vm, NULL), template);
    expect_result(vm, "version", "2");
}

/* What happens beside the files ends no template, and what happens to them later is seen. */
static void nothing_of_it(void **state) {
    (void)state;
    write_main("gap .");
    write_parts("part.lua", NULL);
    fk_vm *old = open_main();
    const pid_t template = template_pid(old, NULL);
    for (int quiet = 0; quiet < 3;
         quiet++) { /* seen while watching, once more before it watches again, and after that */
        write_file("log", "");
        delete_file("log", NULL);
        for (int i = 0; i <= quiet; i++) expect_kept(old, template);
    }
    make_folder("gap"); /* the nearest one to the gap now */
    let_files_age();
    for (int i = 0; i < 3; i++) expect_kept(old, template);
    write_file("gap/part.lua", "return 2");
    expect_other(old, template);
}

static void something_all_the_time(void **state) {
    (void)state;
    write_main(".");
    write_parts("part.lua", NULL);
    fk_vm *old = open_main();
    const pid_t template = template_pid(old, NULL);
    for (int i = 0; i < 10; i++) {
        write_file("log", "");
        delete_file("log", NULL);
        expect_kept(old, template);
    }
    write_file("part.lua", "return 2");
    expect_other(old, template);
}

/* Of that process; -1: they cannot be seen. */
static int inotify_descriptors(pid_t pid) {
    char path[300], target[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *all = opendir(path);
    if (!all) return -1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(all));) {
        snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)pid, entry->d_name);
        const ssize_t size = readlink(path, target, sizeof target);
        count += size == 18 && memcmp(target, "anon_inode:inotify", 18) == 0;
    }
    closedir(all);
    return count;
}

static void by_the_template_alone(void **state) {
    (void)state;
    struct statfs system;
    assert_int_equal(statfs(folder(), &system), 0);
    if (system.f_type != EXT4_SUPER_MAGIC && system.f_type != TMPFS_MAGIC) skip();
    write_main(".");
    write_parts("part.lua", NULL);
    fk_vm *old = open_main(), *same = open_main();
    const int watching = inotify_descriptors(template_pid(old, same, NULL));
    if (watching < 0) skip();
    assert_int_equal(watching, 1);
    assert_int_equal(inotify_descriptors(pid_of(old)), 0);
    assert_int_equal(inotify_descriptors(pid_of(same)), 0);
}

const struct CMUnitTest file_tests[] = {TEST(changed_files),
                                        TEST(replaced),
                                        TEST(deleted),
                                        TEST(folder_led_elsewhere),
                                        TEST(folder_above_renamed),
                                        TEST(written_by_another_name),
                                        TEST(file_led_elsewhere),
                                        TEST(target_appears),
                                        TEST(nothing_of_it),
                                        TEST(something_all_the_time),
                                        TEST(by_the_template_alone)};
const size_t file_test_count = sizeof file_tests / sizeof *file_tests;
