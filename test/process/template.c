/* SPDX-License-Identifier: MIT */
/* Templates: a script that is loaded once gives VMs that nobody can tell from ones that loaded it
 * themselves. */
#include "template_support.h"

static const char counting[] = "local n = 0\nfunction count() n = n + 1 return n end\n";

static void from_the_second_on(void **state) {
    (void)state;
    write_file("main.lua", counting);
    fk_vm *first = open_main(), *second = open_main(), *third = open_main();
    assert_false(is_copy(first));
    assert_true(is_copy(second));
    assert_true(is_copy(third));
    expect_result(second, "count", "1");
    expect_result(second, "count", "2");
    expect_result(third, "count", "1");
    assert_int_equal(getpgid(pid_of(second)), pid_of(second));
    assert_int_not_equal(template_pid(first, second, third, NULL), 0);
    close_vm(second);
    close_vm(first);
    assert_int_not_equal(template_pid(third, NULL), 0);
    close_vm(third);
    assert_int_equal(template_pid(NULL), 0);
}

static void switched_off(void **state) {
    (void)state;
    write_file("main.lua", counting);
    use_templates("first");
    fk_vm *copy = open_main();
    assert_true(is_copy(copy));
    use_templates("off");
    fk_vm *fresh = open_main();
    assert_false(is_copy(fresh));
    use_templates("first");
    fk_vm_options options = main_options();
    options.flags = FK_OPEN_NO_TEMPLATE;
    fk_vm *by_flag = open_with(&options);
    assert_false(is_copy(by_flag));
    options = main_options();
    options.sandbox = FK_SANDBOX_TRUSTED;
    fk_vm *trusted = open_with(&options);
    assert_false(is_copy(trusted));
    fk_vm *const all[] = {copy, fresh, by_flag, trusted};
    for (int i = 0; i < 4; i++) close_vm(all[i]);
}

/* Options that reach the script have templates of their own. */
static void by_options(void **state) {
    (void)state;
    write_file("main.lua", "local all = {} function grow() for i = 1, 1e7 do all[i] = {} end end");
    use_templates("first");
    fk_vm *large = open_main();
    fk_vm_options options = main_options();
    options.memory_limit = 4 << 20;
    fk_vm *small = open_with(&options);
    assert_true(is_copy(small));
    assert_int_equal(fk_vm_call(small, "grow", NULL, NULL), FK_MEMORY_LIMIT);
    assert_non_null(strstr(fk_error_last()->message, "4194304"));
    close_vm(small);
    close_vm(large);
}

static void what_loading_says(void **state) {
    (void)state;
    write_file("main.lua", "print 'one' fk.notify('say', 'two') fk.info 'three'\n"
                           "fk.on_open(function()\n"
                           "  fk.notify('say', 'open') print(fk.call('next'))\n"
                           "end)\n");
    char wanted[64];
    for (int i = 1; i <= 3; i++) {
        fk_vm *first = open_main();
        snprintf(wanted, sizeof wanted, "one;two;three;open;%d;", i);
        assert_string_equal(heard, wanted);
        use_templates("first"); /* the second and the third are copies */
        assert_int_equal(is_copy(first), i > 1);
        heard[0] = '\0';
        close_vm(first);
    }
}

static void a_request_while_loading(void **state) {
    (void)state;
    write_file("main.lua", "local mine = fk.call('next') function number() return mine end");
    use_templates("first");
    fk_vm *one = open_main(), *two = open_main();
    assert_false(is_copy(one) || is_copy(two));
    expect_result(one, "number", "1");
    expect_result(two, "number", "2");
    close_vm(one);
    close_vm(two);
}

/* Its position would be everybody's. */
static void a_file_held_open(void **state) {
    (void)state;
    write_file("text", "one\ntwo\nthree\n");
    write_file("main.lua", "local file = io.open('text') function line() return file:read() end");
    use_templates("first");
    fk_vm *one = open_main(), *two = open_main();
    assert_false(is_copy(one) || is_copy(two));
    expect_result(one, "line", "\"one\"");
    expect_result(two, "line", "\"one\"");
    close_vm(one);
    close_vm(two);
}

static void random_numbers(void **state) {
    (void)state;
    write_file("main.lua", "math.randomseed(42) function number() return math.random(0) end");
    use_templates("first");
    fk_vm *one = open_main(), *two = open_main();
    assert_true(is_copy(one) && is_copy(two));
    assert_true(integer_result(one, "number") != integer_result(two, "number"));
    close_vm(one);
    close_vm(two);
}

static void renewing(void **state) {
    (void)state;
    write_file("main.lua", "local forks = 0\nfk.on_fork(function() forks = forks + 1 end)\n"
                           "fk.on_open(function() at_start = forks end)\n"
                           "function count() return forks * 10 + at_start end");
    fk_vm *fresh = open_main(), *copy = open_main();
    expect_result(fresh, "count", "0");
    expect_result(copy, "count", "11");
    close_vm(copy);
    close_vm(fresh);
    write_file("main.lua", "fk.on_fork(function() error 'no seed' end)");
    use_templates("first");
    const fk_vm_options options = main_options();
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OPEN_FAILED);
    assert_non_null(strstr(fk_error_last()->message, "main.lua:1: no seed"));
    write_file("main.lua", "fk.on_fork(1)");
    assert_int_equal(fk_vm_open(&options, &vm), FK_OPEN_FAILED);
    assert_non_null(strstr(fk_error_last()->message, "a function is needed"));
}

/* The copy of an outdated template has said hello before it is known to be outdated: that is
 * nobody's hello. */
static void changed_to_what_cannot_load(void **state) {
    (void)state;
    use_templates("first");
    for (int round = 0; round < 20; round++) {
        write_file("main.lua", "function version() return 1 end");
        let_files_age();
        fk_vm *old = open_main(), *same = open_main();
        write_file("main.lua", "this is no Lua");
        fk_vm_options options = main_options();
        fk_vm *none;
        assert_int_equal(fk_vm_open(&options, &none), FK_OPEN_FAILED);
        close_vm(old);
        close_vm(same);
    }
}

/* What fails to load fails in the same way. */
static void failures(void **state) {
    (void)state;
    const char *const scripts[] = {"error 'broken'", "local x = = 1", "error()",
                                   "local t = {} t.a.b = 1",
                                   "fk.on_open(function() error 'late' end)"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        char messages[2][4000];
        write_file("main.lua", scripts[i]);
        for (int by_template = 0; by_template < 2; by_template++) {
            const fk_vm_options options = main_options();
            fk_vm *vm = NULL;
            use_templates(by_template ? "first" : "off");
            assert_int_equal(fk_vm_open(&options, &vm), FK_OPEN_FAILED);
            const fk_error *error = fk_error_last();
            snprintf(messages[by_template], sizeof messages[0], "%s\n%s", error->message,
                     error->traceback ? error->traceback : "");
        }
        assert_string_equal(messages[0], messages[1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {TEST(from_the_second_on),
                                       TEST(switched_off),
                                       TEST(by_options),
                                       TEST(what_loading_says),
                                       TEST(random_numbers),
                                       TEST(renewing),
                                       TEST(a_request_while_loading),
                                       TEST(a_file_held_open),
                                       TEST(changed_to_what_cannot_load),
                                       TEST(failures)};
    const int failed =
        cmocka_run_group_tests_name("template", tests, NULL, NULL) +
        _cmocka_run_group_tests("template files", file_tests, file_test_count, NULL, NULL) +
        _cmocka_run_group_tests("template memory", memory_tests, memory_test_count, NULL, NULL);
    return failed +
           _cmocka_run_group_tests("template ends", ending_tests, ending_test_count, NULL, NULL);
}
