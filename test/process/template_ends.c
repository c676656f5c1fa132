/* SPDX-License-Identifier: MIT */
/* How templates end, and what becomes of VMs when they do. */
#include "template_support.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

static const char counting[] = "local n = 0\nfunction count() n = n + 1 return n end\n";

/* Already the first VM comes from a template, which is not outdated at once. */
static void use_template_of(const char *script) {
    write_file("main.lua", script);
    let_files_age();
    use_templates("first");
}

/* Waits for the end of a process that is no child of ours. */
static bool ends(pid_t pid, int ms) {
    const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) return true;
    struct pollfd end = {pidfd, POLLIN, 0};
    const int n = poll(&end, 1, ms);
    close(pidfd);
    return n == 1;
}

static void killed_from_outside(void **state) {
    (void)state;
    use_template_of(counting);
    fk_vm *one = open_main(), *two = open_main();
    const pid_t template = template_pid(one, two, NULL);
    assert_int_equal(kill(template, SIGKILL), 0);
    fk_vm *three = open_main();
    assert_false(is_copy(three));
    expect_result(one, "count", "1");
    expect_result(three, "count", "1");
    close_vm(one);
    close_vm(two);
    close_vm(three);
}

static void stopped_from_outside(void **state) {
    (void)state;
    write_file("main.lua", counting);
    use_templates("first");
    fk_vm *one = open_main(), *two = NULL;
    kill(template_pid(one, NULL), SIGSTOP);
    fk_vm_options options = main_options();
    options.open_timeout = 200;
    assert_int_equal(fk_vm_open(&options, &two), FK_TIMEOUT);
    assert_non_null(strstr(fk_error_last()->message, "open_timeout"));
    two = open_main();
    assert_false(is_copy(two));
    close_vm(one);
    close_vm(two);
}

/* A spare that is no longer there costs the next VM time, nothing else. */
static void spare_killed(void **state) {
    (void)state;
    use_template_of(counting);
    fk_vm *one = open_main();
    const pid_t spare = spare_pid(one, NULL);
    assert_int_equal(kill(spare, SIGKILL), 0);
    assert_true(ends(spare, 10000));
    fk_vm *two = open_main();
    assert_true(is_copy(two));
    assert_int_not_equal(pid_of(two), spare);
    expect_result(two, "count", "1");
    close_vm(one);
    close_vm(two);
}

static void spare_is_the_next_one(void **state) {
    (void)state;
    use_template_of(counting);
    fk_vm *one = open_main();
    const pid_t spare = spare_pid(one, NULL);
    fk_vm *two = open_main();
    assert_int_equal(pid_of(two), spare);
    assert_int_equal(getpgid(spare), spare);
    expect_result(two, "count", "1");
    close_vm(one);
    close_vm(two);
}

/* It was made before the change, and waits still when the template has ended. */
static void spare_of_the_old_script(void **state) {
    (void)state;
    use_template_of(counting);
    fk_vm *one = open_main();
    const pid_t spare = spare_pid(one, NULL);
    write_file("main.lua", "function count() return 'new' end");
    fk_vm *two = open_main();
    assert_true(is_copy(two));
    expect_result(two, "count", "\"new\"");
    assert_true(ends(spare, 10000));
    close_vm(one);
    close_vm(two);
}

/* What a copy renews is of the moment in which its VM opens, not of the one in which the spare was
 * made. */
static void spare_renews_late(void **state) {
    (void)state;
    use_template_of("local text\n"
                    "fk.on_fork(function() local f = io.open('late.txt') text = f and f:read('a') "
                    "or 'early' end)\n"
                    "function late() return text end");
    fk_vm *one = open_main();
    expect_result(one, "late", "\"early\"");
    const pid_t spare = spare_pid(one, NULL);
    write_file("late.txt", "late");
    fk_vm *two = open_main();
    assert_int_equal(pid_of(two), spare);
    expect_result(two, "late", "\"late\"");
    close_vm(one);
    close_vm(two);
}

/* The template and its spare end without being asked, even if the server does nothing. */
static void spare_unused(void **state) {
    (void)state;
    write_file("main.lua", counting);
    use_templates("first");
    setenv("FK_VM_TEMPLATE_IDLE", "30", 1);
    fk_vm *one = open_main();
    unsetenv("FK_VM_TEMPLATE_IDLE");
    assert_true(ends(spare_pid(one, NULL), 10000));
    close_vm(one);
}

static void unused(void **state) {
    (void)state;
    write_file("main.lua", counting);
    use_templates("first");
    setenv("FK_VM_TEMPLATE_IDLE", "30", 1);
    fk_vm *one = open_main();
    unsetenv("FK_VM_TEMPLATE_IDLE");
    const pid_t template = template_pid(one, NULL);
    if (template) assert_true(ends(template, 10000));
    for (int i = 0; i < 500 && template_pid(one, NULL); i++) {
        poll(NULL, 0, 10); /* polling sweeps once a second at most */
        assert_int_equal(fk_vm_poll(one), FK_OK);
    }
    assert_int_equal(template_pid(one, NULL), 0);
    fk_vm *two = open_main();
    assert_true(is_copy(two));
    close_vm(one);
    close_vm(two);
}

static void loops_while_loading(void **state) {
    (void)state;
    write_file("main.lua", "while true do pcall(function() while true do end end) end");
    use_templates("first");
    fk_vm_options options = main_options();
    options.open_timeout = 200;
    fk_vm *vm = NULL;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fk_vm_open(&options, &vm), FK_TIMEOUT);
        assert_non_null(strstr(fk_error_last()->message, "200 ms (open_timeout)"));
        assert_null(vm);
        assert_int_equal(template_pid(NULL), 0);
    }
}

/* The copies keep their own limits. */
static void loops_in_a_call(void **state) {
    (void)state;
    write_file("main.lua",
               "function loop() while true do end end\n"
               "function hard() return ('a'):rep(30):find(('a?'):rep(30) .. ('a'):rep(30)) end\n"
               "function ok() return 1 end");
    use_templates("first");
    fk_vm_options options = main_options();
    options.call_timeout = 100;
    fk_vm *one = open_with(&options), *two = open_with(&options);
    assert_true(is_copy(one) && is_copy(two));
    assert_int_equal(fk_vm_call(one, "loop", NULL, NULL), FK_TIMEOUT);
    assert_true(fk_error_last()->vm_alive);
    expect_result(one, "ok", "1");
    assert_int_equal(fk_vm_call(one, "hard", NULL, NULL), FK_TIMEOUT);
    assert_false(fk_error_last()->vm_alive);
    expect_result(two, "ok", "1");
    close_vm(one);
    close_vm(two);
}

enum { threads = 4, rounds = 10 };

static void *open_often(void *unused) {
    (void)unused;
    const fk_vm_options options = main_options();
    for (intptr_t i = 0; i < rounds; i++) {
        fk_vm *vm = NULL;
        if (fk_vm_open(&options, &vm) != FK_OK || !is_copy(vm)) return (void *)(i + 1);
        const fk_status called = fk_vm_call(vm, "count", NULL, NULL);
        if (fk_vm_close(vm) != FK_OK || called != FK_OK) return (void *)(i + 1);
    }
    return NULL;
}

static void many_threads(void **state) {
    (void)state;
    use_template_of(counting);
    fk_vm *vm = open_main(); /* keeps the template */
    pthread_t all[threads];
    for (int i = 0; i < threads; i++)
        assert_int_equal(pthread_create(&all[i], NULL, open_often, NULL), 0);
    for (int i = 0; i < threads; i++) {
        void *failed_at;
        pthread_join(all[i], &failed_at);
        assert_null(failed_at);
    }
    close_vm(vm);
}

static void *open_one(void *unused) {
    (void)unused;
    return open_main();
}

/* The thread that starts a template is its parent and that of its copies, as the kernel sees it. */
static void thread_that_ends(void **state) {
    (void)state;
    use_template_of(counting);
    pthread_t thread;
    void *opened = NULL;
    assert_int_equal(pthread_create(&thread, NULL, open_one, NULL), 0);
    pthread_join(thread, &opened);
    fk_vm *one = opened, *two = NULL;
    const pid_t template = template_pid(one, NULL), spare = spare_pid(one, NULL);
    expect_result(one, "count", "1");
    two = open_main();
    assert_int_equal(pid_of(two), spare);
    assert_int_equal(template_pid(one, two, NULL), template);
    expect_result(two, "count", "1");
    expect_result(one, "count", "2");
    close_vm(one);
    close_vm(two);
}

/* The copy of a server opens VMs of its own, and harms none of ours. */
static void forked_server(void **state) {
    (void)state;
    use_template_of(counting);
    fk_vm *one = open_main();
    const pid_t template = template_pid(one, NULL), copy = fork();
    assert_true(copy >= 0);
    if (copy == 0) {
        const fk_vm_options options = main_options();
        fk_vm *mine = NULL;
        const bool good = fk_vm_open(&options, &mine) == FK_OK && is_copy(mine) &&
                          fk_vm_call(mine, "count", NULL, NULL) == FK_OK &&
                          fk_vm_close(mine) == FK_OK;
        _exit(good ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(copy, &status, 0), copy);
    assert_int_equal(status, 0);
    fk_vm *two = open_main();
    assert_true(is_copy(two));
    assert_int_equal(template_pid(one, two, NULL), template);
    close_vm(one);
    close_vm(two);
}

static void ignored_sigchld(void **state) {
    (void)state;
    write_file("main.lua", counting);
    use_templates("first");
    void (*const old)(int) = signal(SIGCHLD, SIG_IGN);
    fk_vm *one = open_main(), *two = open_main();
    assert_true(is_copy(one) && is_copy(two));
    expect_result(two, "count", "1");
    close_vm(one);
    close_vm(two);
    signal(SIGCHLD, old);
}

/* Opens VMs, says who its children are, and waits to be killed; one of its templates loads for
 * ever. */
static void be_a_server(int out) {
    fk_vm *one = open_main(), *two = open_main();
    pid_t pids[4] = {pid_of(one), pid_of(two), template_pid(one, two, NULL),
                     spare_pid(one, two, NULL)};
    if (write(out, pids, sizeof pids) != sizeof pids) _exit(1);
    fk_vm_options options = main_options();
    options.script = "endless.lua";
    fk_vm_open(&options, &two);
    _exit(1);
}

static void killed_server(void **state) {
    (void)state;
    write_file("main.lua", counting);
    write_file("endless.lua", "fk.info 'x' while true do end");
    use_templates("first");
    int ends_of_pipe[2];
    assert_int_equal(pipe(ends_of_pipe), 0);
    const pid_t server = fork();
    if (server == 0) be_a_server(ends_of_pipe[1]);
    pid_t pids[4];
    assert_int_equal(read(ends_of_pipe[0], pids, sizeof pids), sizeof pids);
    close(ends_of_pipe[0]);
    close(ends_of_pipe[1]);
    char children[64], text[256] = "";
    snprintf(children, sizeof children, "/proc/%d/task/%d/children", (int)server, (int)server);
    int found[5], count = 0;
    for (int i = 0; i < 1000 && count < 5;
         i++, usleep(10000)) { /* until the endless one is there */
        FILE *file = fopen(children, "r");
        const size_t size = fread(text, 1, sizeof text - 1, file);
        fclose(file);
        text[size] = '\0';
        count =
            sscanf(text, "%d %d %d %d %d", &found[0], &found[1], &found[2], &found[3], &found[4]);
    }
    assert_int_equal(count, 5);
    kill(server, SIGKILL);
    assert_int_equal(waitpid(server, NULL, 0), server);
    for (int i = 0; i < 5; i++)
        if (!ends(found[i], 10000)) fail_msg("process %d lives on without its server", found[i]);
}

const struct CMUnitTest ending_tests[] = {TEST(killed_from_outside),
                                          TEST(stopped_from_outside),
                                          TEST(spare_killed),
                                          TEST(spare_is_the_next_one),
                                          TEST(spare_of_the_old_script),
                                          TEST(spare_renews_late),
                                          TEST(spare_unused),
                                          TEST(unused),
                                          TEST(loops_while_loading),
                                          TEST(loops_in_a_call),
                                          TEST(many_threads),
                                          TEST(thread_that_ends),
                                          TEST(forked_server),
                                          TEST(ignored_sigchld),
                                          TEST(killed_server)};
const size_t ending_test_count = sizeof ending_tests / sizeof *ending_tests;
