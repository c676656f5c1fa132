/* SPDX-License-Identifier: MIT */
/* Files: every VM has a working directory of its own, which moves neither the process nor another
 * VM. */
#include "contract.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char cwd_before[PATH_MAX];

static fk_vm *open_files(void) {
    assert_non_null(getcwd(cwd_before, sizeof cwd_before));
    return contract_open("files.lua");
}

static void close_files(fk_vm *vm) {
    char now[PATH_MAX];
    assert_non_null(getcwd(now, sizeof now));
    assert_string_equal(now, cwd_before);
    contract_close(vm);
}

/* The path of a file in scripts/, as a JSON text. */
static const char *script_path(const char *name) {
    static char text[2 * PATH_MAX];
    char *real = realpath(scripts_directory(), NULL);
    snprintf(text, sizeof text, "\"%s%s%s\"", real, *name ? "/" : "", name);
    free(real);
    return text;
}

static void starts_in_its_directory(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    expect_call(vm, "where", NULL, script_path(""));
    close_files(vm);
}

static void the_scripts_directory_by_default(void **state) {
    (void)state;
    char script[PATH_MAX];
    snprintf(script, sizeof script, "%s/files.lua", scripts_directory());
    assert_non_null(getcwd(cwd_before, sizeof cwd_before));
    fk_vm_options options = contract_options(script);
    options.directory = NULL;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "where", NULL, script_path(""));
    close_files(vm);
    assert_int_equal(chdir(scripts_directory()), 0);
    static const char *const names[] = {"files.lua", "./files.lua", "tree/../files.lua"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        options.script = names[i];
        vm = contract_open_with(&options);
        expect_call(vm, "where", NULL, script_path(""));
        contract_close(vm);
    }
    options.script = "none/files.lua";
    contract_open_fails(&options, FK_OPEN_FAILED, "none/files.lua", "No such file", NULL);
    assert_int_equal(chdir(cwd_before), 0);
}

static void links_are_left_the_way_they_were_entered(void **state) {
    (void)state;
    char link[] = "/tmp/fkvm-link-XXXXXX", text[PATH_MAX], script[PATH_MAX];
    assert_non_null(mkdtemp(link));
    char name[sizeof link + 8];
    snprintf(name, sizeof name, "%s/tree", link);
    char *real = realpath(scripts_directory(), NULL);
    snprintf(text, sizeof text, "%s/tree", real);
    snprintf(script, sizeof script, "%s/files.lua", real);
    free(real);
    assert_int_equal(symlink(text, name), 0);

    assert_non_null(getcwd(cwd_before, sizeof cwd_before));
    fk_vm_options options = contract_options(script);
    options.directory = link;
    options.flags = FK_OPEN_FOLLOW_LINKS;
    fk_vm *vm = contract_open_with(&options);
    snprintf(text, sizeof text, "[\"%s/\"]", name);
    expect_call(vm, "go", text, "true");
    snprintf(text, sizeof text, "\"%s\"", name);
    expect_call(vm, "where", NULL, text);
    expect_call(vm, "there", "[\"one.lua\"]", "true");
    expect_call(vm, "go", "[\"..\"]", "true");
    snprintf(text, sizeof text, "\"%s\"", link);
    expect_call(vm, "where", NULL, text);
    close_files(vm);
    unlink(name);
    rmdir(link);
}

static void moves_alone(void **state) {
    (void)state;
    fk_vm *vm = open_files(), *other = contract_open("files.lua");
    expect_call(vm, "go", "[\"tree\"]", "true");
    expect_call(vm, "where", NULL, script_path("tree"));
    expect_call(other, "where", NULL, script_path(""));
    expect_call(vm, "go", "[\"sub/deeper\"]", "true");
    expect_call(vm, "where", NULL, script_path("tree/sub/deeper"));
    expect_call(vm, "go", "[\"..\"]", "true");
    expect_call(vm, "where", NULL, script_path("tree/sub"));
    expect_call(vm, "go_by_qml_name", "[\"..\"]", "true");
    expect_call(vm, "where", NULL, script_path("tree"));
    expect_call(other, "there", "[\"one.lua\"]", "false");
    expect_call(vm, "there", "[\"one.lua\"]", "true");
    contract_close(other);
    close_files(vm);
}

static void lists_sorted(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    expect_call(vm, "list", "[\"tree\"]", "[\"lib\",\"one.lua\",\"sub\"]");
    expect_call(vm, "go", "[\"tree\"]", "true");
    expect_call(vm, "list", "[\"sub\"]", "[\"deeper\",\"one.lua\",\"text.txt\",\"two.lua\"]");
    expect_call(vm, "list", "[\".\"]", "[\"lib\",\"one.lua\",\"sub\"]");
    close_files(vm);
}

static void questions_about_paths(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    expect_call(vm, "there", "[\"tree\"]", "true");
    expect_call(vm, "there", "[\"tree/sub/text.txt\"]", "true");
    expect_call(vm, "there", "[\"tree/none\"]", "false");
    expect_call(vm, "is_folder", "[\"tree\"]", "true");
    expect_call(vm, "is_folder", "[\"tree/one.lua\"]", "false");
    expect_call(vm, "is_folder", "[\"tree/none\"]", "false");
    expect_call(vm, "by_qml_names", "[\"tree\"]", "[true,true,true,3]");
    close_files(vm);
}

static void runs_files_where_it_is(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    expect_call(vm, "run", "[\"tree/one.lua\"]", "\"one of the tree\"");
    expect_call(vm, "go", "[\"tree/sub\"]", "true");
    expect_call(vm, "run", "[\"one.lua\"]", "\"one of sub\"");
    expect_call(vm, "load_file", "[\"two.lua\"]", "\"two of sub\"");
    expect_call_fails(vm, "run", "[\"none.lua\"]", FK_SCRIPT_ERROR, "none.lua");
    close_files(vm);
}

static void requires_where_it_is(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    expect_call(vm, "need", "[\"tree.lib.module\"]", "{\"name\":\"a module\",\"count\":1}");
    expect_call(vm, "set_path", "[\"./lib/?.lua;./?.lua\"]", "null");
    expect_call(vm, "go", "[\"tree\"]", "true");
    expect_call(vm, "need", "[\"module\"]", "{\"name\":\"a module\",\"count\":1}");
    expect_call(vm, "go", "[\"sub\"]", "true");
    expect_call(vm, "need", "[\"two\"]", "\"two of sub\"");
    expect_call_fails(vm, "need", "[\"not.there\"]", FK_SCRIPT_ERROR, "not.there");
    close_files(vm);
}

static void reads_where_it_is(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    expect_call(vm, "go", "[\"tree/sub\"]", "true");
    expect_call(vm, "read", "[\"text.txt\"]", "\"line one\\nline two\\n\"");
    expect_call(vm, "read_lines", "[\"text.txt\"]", "[\"line one\",\"line two\"]");
    expect_call(vm, "read", "[\"deeper/text.txt\"]", "\"deep\\n\"");
    fk_value *why = NULL;
    expect_status(call_json(vm, "missing", "[\"none.txt\"]", &why), FK_OK);
    char *text = NULL;
    expect_status(fk_value_to_json(why, &text, NULL), FK_OK);
    expect_contains(text, "none.txt");
    expect_contains(text, "No such file");
    fk_text_free(text);
    fk_value_free(why);
    close_files(vm);
}

/* A move of the server after the open moves no VM. */
/* As an interpreter's: a mark of UTF-8 and a first line that begins with # are no part of the
 * chunk, and lines keep their numbers; an environment takes the place of the globals. */
static void beginnings_and_environments(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    expect_call(vm, "run", "[\"beginnings/shebang.lua\"]", "2");
    expect_call(vm, "run", "[\"beginnings/only_shebang.lua\"]", "null");
    expect_call(vm, "in_environment", "[\"beginnings/environment.lua\"]",
                "[\"of the environment\",false]");
    close_files(vm);
}

static void server_moves(void **state) {
    (void)state;
    fk_vm *vm = open_files();
    assert_int_equal(chdir("/"), 0);
    expect_call(vm, "where", NULL, script_path(""));
    expect_call(vm, "run", "[\"tree/one.lua\"]", "\"one of the tree\"");
    assert_int_equal(chdir(cwd_before), 0);
    close_files(vm);
}

static const struct CMUnitTest tests[] = {TEST(starts_in_its_directory),
                                          TEST(the_scripts_directory_by_default),
                                          TEST(links_are_left_the_way_they_were_entered),
                                          TEST(moves_alone),
                                          TEST(lists_sorted),
                                          TEST(questions_about_paths),
                                          TEST(runs_files_where_it_is),
                                          TEST(requires_where_it_is),
                                          TEST(reads_where_it_is),
                                          TEST(beginnings_and_environments),
                                          TEST(server_moves)};
TOPIC(files, tests);
