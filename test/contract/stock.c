/* SPDX-License-Identifier: MIT */
/* What stands in the place of Lua's own functions behaves as they do. Lua's own tests say more
 * (docs/testing.md), but are not in the tree. */
#include "contract.h"

#include <string.h>

static fk_vm *open_at(uint32_t level) {
    fk_vm_options options = contract_options("stock.lua");
    options.sandbox = level;
    return contract_open_with(&options);
}

typedef struct row {
    const char *method, *params, *json;
} row;

static void expect_rows(uint32_t level, const row *rows, size_t count) {
    fk_vm *vm = open_at(level);
    for (size_t i = 0; i < count; i++)
        expect_call(vm, rows[i].method, rows[i].params, rows[i].json);
    forget_seen();
    contract_close(vm);
}
#define EXPECT_ROWS(level, rows) expect_rows(level, rows, sizeof(rows) / sizeof *(rows))

static void all_are_c_functions(void **state) {
    (void)state;
    static const row rows[] = {{"no_c_functions", NULL, "\"\""}};
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, rows);
}

/* At every level. */
static void standard_streams(void **state) {
    (void)state;
    static const row rows[] = {
        {"kinds", NULL, "[\"userdata\",\"file\",true]"},
        {"input", NULL, "[true,\"\",true,true,true,true]"},
#if defined(__GLIBC__) || defined(_WIN32) /* musl's streams say nothing, or something else */
        {"wrong_way", NULL,
         "[\"Bad file descriptor\",\"Bad file descriptor\",\"Illegal seek\",29]"},
#endif
        {"closing", NULL,
         "[true,true,\"cannot close standard file\",\"file\","
         "\"bad argument #1 to '?' (FILE* expected, got no value)\"]"},
        {"chained", NULL, "true"},
        {"wrong_write", NULL, "\"bad argument #1 to 'io.write' (string expected, got table)\""}
    };
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, rows);
    EXPECT_ROWS(FK_SANDBOX_GAME, rows);
    static const row names[] = {
        {"metatable", NULL, "\"FILE*\""},
        {"named", NULL,
         "[\"[string \\\"for i = io.stdin, 1 do end\\\"]:1: bad 'for' initial value (number "
         "expected, got FILE*)\","
         "\"[string \\\"return io.stdout + 1\\\"]:1: attempt to perform arithmetic on a FILE* "
         "value "
         "(field 'stdout')\","
         "\"bad argument #1 to 'math.sin' (number expected, got FILE*)\"]"}};
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, names);
}

static void output_has_no_buffer(void **state) {
    (void)state;
    fk_vm *vm = open_at(FK_SANDBOX_GAME);
    expect_call(vm, "buffered", NULL, "[true,\"bad argument #2 to '?' (invalid option 'none')\"]");
    expect_seen("print: one\nprint: two\n");
    contract_close(vm);
}

static void files(void **state) {
    (void)state;
    static const row rows[] = {{"odd_names", NULL,
                                "[\": No such file or directory\","
                                "\"cannot open file 'none' (No such file or directory)\","
                                "\"cannot open file 'none/none' (No such file or directory)\","
                                "\"cannot open file 'none' (No such file or directory)\"]"},
                               {"odd_files", NULL,
                                "[\"bad argument #1 to 'io.input' (FILE* expected, got table)\","
                                "\"bad argument #252 to 'io.lines' (too many arguments)\","
                                "\"bad argument #2 to 'io.popen' (invalid mode)\"]"},
                               {"closed_files", NULL,
                                "[\"file is already closed\",\"default input file is closed\","
                                "\"attempt to use a closed file\"]"},
                               {"formats", NULL, "[1,2,\"\\nrest\",true]"}};
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, rows);
    fk_vm *vm = open_at(FK_SANDBOX_TRUSTED);
    fk_value *text = NULL;
    expect_status(fk_vm_call(vm, "lines_of_a_folder", NULL, &text), FK_OK);
    expect_contains(text->string, "Is a directory");
    fk_value_free(text);
    contract_close(vm);
}

static void chunks(void **state) {
    (void)state;
    static const row rows[] = {
        {"modes", NULL,
         "[\"attempt to load a text chunk (mode is 'b')\","
         "\"attempt to load a binary chunk (mode is 't')\",1,2,2]"},
        {"bytes_behind_a_comment", NULL, "3"},
        {"no_environment", NULL, "true"},
        {"yields_in_a_file", NULL, "[1,11,2]"},
        {"errors_of_load", NULL, "[\"of the reader\",\"C stack overflow\"]"}};
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, rows);
    static const row text_only[] = {
        {"only_text", "[\"basic.lua\"]",
         "[\"basic.lua: attempt to load a text chunk (mode is 'b')\",true]"}};
    EXPECT_ROWS(FK_SANDBOX_GAME, text_only);
}

/* Lua calls the handler of the call for what load() gives to the script. */
static void traceback_is_of_the_error(void **state) {
    (void)state;
    fk_vm_options options = contract_options("stock.lua");
    options.memory_limit = 50000000;
    fk_vm *vm = contract_open_with(&options);
    expect_status(fk_vm_call(vm, "after_an_error_of_load", NULL, NULL), FK_MEMORY_LIMIT);
    const char *traceback = fk_error_last()->traceback; /* of an older Lua as a child: NULL */
    assert_true(!traceback || !strstr(traceback, "'load'"));
    contract_close(vm);
}

static void modules(void **state) {
    (void)state;
    static const row rows[] = {
        {"search", "[\"a.b\",\"?.none;;x?\"]",
         "\"no file 'a/b.none'\\n\\tno file ''\\n\\tno file 'xa/b'\""},
        {"search", "[\"a.b\",\"?.none\",\"\"]", "\"no file 'a.b.none'\""},
        {"search", "[\"stock.lua\",\"?\",\".\",\".\"]", "\"stock.lua\""},
        {"missing_module", "[\"a.b\",\"?.none;?/?\",\"?.so;?/init\"]",
         "\"module 'a.b' not found:\\n\\tno field package.preload['a.b']\\n\\tno file 'a/b.none'"
         "\\n\\tno file 'a/b/a/b'\\n\\tno file 'a/b.so'\\n\\tno file 'a/b/init'\\n\\tno file 'a.so'"
         "\\n\\tno file 'a/init'\""},
        {"broken_path", NULL, "\"'package.path' must be a string\""}};
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, rows);
}

/* As far as a script can tell, the mode is Lua's default until it sets another. */
static void the_collector(void **state) {
    (void)state;
    static const row rows[] = {
        {"collects", NULL, "[0,true,true,true,0]"},
        {"collector_modes", NULL,
         "[\"incremental\",\"incremental\",\"generational\",\"generational\"]"},
        {"pauses", NULL, "[200,100,160]"},
        {"odd_collector", NULL,
         "\"bad argument #1 to 'collectgarbage' (invalid option 'often')\""}};
    EXPECT_ROWS(FK_SANDBOX_GAME, rows);
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, rows);
}

static void the_system(void **state) {
    (void)state;
    static const row rows[] = {
        {"shell", NULL, "[true,true]"},
#ifndef _WIN32 /* wine's system() leaves an errno, which Lua then tells */
        {"exit_code", NULL, "[\"exit\",3]"},
#endif
        {"locale", NULL, "[\"C\",\"C\",\"C\",true]"},
        {"light_userdata", NULL, "true"},
        {"odd_locale", NULL, "\"bad argument #2 to 'os.setlocale' (invalid option 'none')\""}};
    EXPECT_ROWS(FK_SANDBOX_TRUSTED, rows);
}

static const struct CMUnitTest tests[] = {TEST(all_are_c_functions),
                                          TEST(standard_streams),
                                          TEST(output_has_no_buffer),
                                          TEST(files),
                                          TEST(chunks),
                                          TEST(traceback_is_of_the_error),
                                          TEST(modules),
                                          TEST(the_collector),
                                          TEST(the_system)};
TOPIC(stock, tests);
