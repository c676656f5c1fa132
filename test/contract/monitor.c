/* SPDX-License-Identifier: MIT */
/* The status socket: what it tells of a VM is so, and an operator's orders end what they name. */
#include "contract.h"

#ifdef _WIN32

static void is_not_there(void **state) {
    (void)state;
    expect_error(fk_monitor_listen("x.sock"), FK_INVALID, "Windows");
    expect_status(fk_monitor_close(), FK_OK);
}
static const struct CMUnitTest tests[] = {TEST(is_not_there)};

#else

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { patience_ms = 60000, most_clients = 8 }; /* of what only a hang keeps waiting */

static char folder[64], path[108];
static int asking = -1;

static int connect_to(const char *at) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", at);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

/* One line, without its end; "" at the end of the stream. */
static const char *read_line(int fd) {
    static char line[1 << 16];
    size_t size = 0;
    while (size + 1 < sizeof line) {
        struct pollfd ready = {fd, POLLIN, 0};
        assert_int_equal(poll(&ready, 1, patience_ms), 1);
        if (read(fd, line + size, 1) != 1 || line[size] == '\n') break;
        size++;
    }
    line[size] = '\0';
    return line;
}

static const char *ask(const char *request) {
    const size_t size = strlen(request);
    assert_int_equal(send(asking, request, size, MSG_NOSIGNAL), size);
    assert_int_equal(send(asking, "\n", 1, MSG_NOSIGNAL), 1);
    return read_line(asking);
}

static void start(void) {
    snprintf(folder, sizeof folder, "/tmp/fkvm-monitor-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/status.sock", folder);
    expect_status(fk_monitor_listen(path), FK_OK);
    asking = connect_to(path);
    assert_true(asking >= 0);
}

static void stop(void) {
    close(asking);
    expect_status(fk_monitor_close(), FK_OK);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(rmdir(folder), 0);
}

/* The VM with that label; free the list. */
static const fk_value *find(const char *label, fk_value **list) {
    *list = parse(ask("{\"ask\":\"list\",\"pss\":true}"));
    const fk_value *vms = fk_value_member(*list, "vms");
    for (uint32_t i = 0; i < vms->size; i++) {
        const fk_value *its = fk_value_member(&vms->items[i], "label");
        if (its->size == strlen(label) && !memcmp(its->string, label, its->size))
            return &vms->items[i];
    }
    return NULL;
}

static int64_t number(const fk_value *vm, const char *name) {
    const fk_value *value = fk_value_member(vm, name);
    assert_non_null(value);
    assert_int_equal(value->kind, FK_INT);
    return value->integer;
}

static void expect_text(const fk_value *vm, const char *name, const char *wanted) {
    const fk_value *value = fk_value_member(vm, name);
    assert_non_null(value);
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)value->size, value->string);
    assert_string_equal(text, wanted);
}

/* Of the VM with that label. */
static int64_t number_of(const char *label) {
    fk_value *list;
    const fk_value *vm = find(label, &list);
    assert_non_null(vm);
    const int64_t its = number(vm, "vm");
    fk_value_free(list);
    return its;
}

static void give_order(const char *what, const char *label) {
    char request[80];
    snprintf(request, sizeof request, "{\"ask\":\"%s\",\"vm\":%d}", what, (int)number_of(label));
    expect_contains(ask(request), "\"done\":true");
}

static void tells_what_was_done(void **state) {
    (void)state;
    start();
    fk_vm *vm = contract_open("monitor.lua");
    expect_status(fk_vm_label(vm, "one"), FK_OK);
    for (int i = 0; i < 3; i++) expect_call(vm, "ask", "[\"echo\",7]", "7");
    expect_status(fk_vm_notify(vm, "told", NULL), FK_OK);
    expect_call(vm, "ask", "[\"echo\",8]", "8"); /* after it */
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    fk_value *list;
    const fk_value *seen_vm = find("one", &list);
    assert_non_null(seen_vm);
    expect_text(seen_vm, "backend", stats.backend);
    expect_text(seen_vm, "state", "idle");
    expect_text(seen_vm, "script", "monitor.lua");
    expect_text(seen_vm, "method", "");
    assert_int_equal(number(seen_vm, "pid"), stats.pid);
    assert_int_equal(number(seen_vm, "calls"), 4);
    assert_int_equal(number(seen_vm, "notifies"), 1);
    assert_int_equal(number(seen_vm, "host_calls"), stats.requests);
    assert_int_equal(number(seen_vm, "host_notifies"), 1);
    assert_true(number(seen_vm, "age_ns") > 0);
    if (stats.memory) assert_true(number(seen_vm, "memory") > 0);
    if (stats.pid) assert_true(number(seen_vm, "pss") > 0);
    const fk_value *times = fk_value_member(seen_vm, "call_times");
    int64_t calls = 0;
    for (uint32_t i = 0; i < times->size; i++) calls += times->items[i].items[1].integer;
    assert_int_equal(calls, 4);
    fk_value_free(list);
    contract_close(vm);
    assert_null(find("one", &list));
    fk_value_free(list);
    stop();
}

static void labels_are_bounded(void **state) {
    (void)state;
    start();
    fk_vm *vm = contract_open("monitor.lua");
    fk_value *list;
    char text[201] = "";
    for (int i = 0; i < 100; i++) memcpy(text + 2 * i, "\xc3\xa4", 3);
    expect_status(fk_vm_label(vm, text + 0), FK_OK);
    text[64] = '\0';
    assert_non_null(find(text, &list));
    fk_value_free(list);
    text[64] = '\xc3';
    text[0] = 'a'; /* no character any more where the second byte stands */
    expect_error(fk_vm_label(vm, text), FK_INVALID, "UTF-8");
    expect_error(fk_vm_label(vm, "ends badly \xc3"), FK_INVALID, "UTF-8");
    expect_status(fk_vm_label(vm, NULL), FK_OK);
    assert_non_null(find("", &list));
    fk_value_free(list);
    expect_status(fk_vm_label(NULL, "x"), FK_INVALID);
    contract_close(vm);
    stop();
}

/* ---- while it works: the host method asks */

static fk_status look(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    record_method(request, params);
    fk_value *list;
    const fk_value *vm = find("busy", &list);
    assert_non_null(vm);
    expect_text(vm, "state", "working");
    expect_text(vm, "method", "ask");
    assert_true(number(vm, "method_ns") > 0);
    fk_value_free(list);
    return FK_OK;
}

static fk_status interrupt(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request, (void)params;
    give_order("interrupt", "busy");
    return FK_OK;
}

static fk_status end(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request, (void)params;
    give_order("close", "busy");
    return FK_OK;
}

static fk_vm *open_busy(void) {
    static const fk_method methods[] = {{.name = "look", .call = look},
                                        {.name = "interrupt", .call = interrupt},
                                        {.name = "end", .call = end},
                                        {0}};
    fk_vm_options options = contract_options("monitor.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_status(fk_vm_label(vm, "busy"), FK_OK);
    return vm;
}

static void tells_what_runs(void **state) {
    (void)state;
    start();
    fk_vm *vm = open_busy();
    expect_call(vm, "ask", "[\"look\"]", "null");
    contract_close(vm);
    stop();
}

static void interrupts_what_runs(void **state) {
    (void)state;
    start();
    fk_vm *vm = open_busy();
    fk_stats stats = FK_STATS_INIT;
    expect_call_fails(vm, "spin_after", "[\"interrupt\"]", FK_INTERRUPTED, NULL);
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    if (stats.alive) expect_call(vm, "ask", "[\"look\"]", "null");
    contract_close(vm);
    stop();
}

static void expect_dead(fk_vm *vm) {
    expect_call_fails(vm, "ask", "[\"look\"]", FK_VM_DIED, "closed by an operator");
    assert_int_equal(fk_error_last()->death, FK_DEATH_OPERATOR);
    assert_false(fk_error_last()->vm_alive);
    expect_error(fk_vm_notify(vm, "told", NULL), FK_VM_DIED, "closed by an operator");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_false(stats.alive);
    fk_value *list;
    const fk_value *seen_vm = find("busy", &list);
    assert_non_null(seen_vm);
    expect_text(seen_vm, "state", "dead");
    expect_text(seen_vm, "death", "OPERATOR");
    assert_true(number(fk_value_member(list, "deaths"), "OPERATOR") > 0);
    char request[64];
    snprintf(request, sizeof request, "{\"ask\":\"close\",\"vm\":%d}", (int)number(seen_vm, "vm"));
    fk_value_free(list);
    expect_contains(ask(request), "dead already");
}

/* No finalizer runs, where the backend is one of this library: it can kill. */
static void close_silently(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    const bool can_kill = stats.pid || !strcmp(stats.backend, "embedded");
    forget_seen();
    contract_close(vm);
    if (can_kill) expect_seen("");
}

static void closes_what_runs(void **state) {
    (void)state;
    start();
    fk_vm *vm = open_busy();
    expect_call_fails(vm, "spin_after", "[\"end\"]", FK_VM_DIED, "closed by an operator");
    assert_int_equal(fk_error_last()->death, FK_DEATH_OPERATOR);
    expect_dead(vm);
    close_silently(vm);
    stop();
}

static void closes_what_is_idle(void **state) {
    (void)state;
    start();
    fk_vm *vm = open_busy();
    give_order("close", "busy");
    const int fd = fk_vm_fd(vm);
    if (fd >= 0) { /* the owner hears of it */
        struct pollfd ready = {fd, POLLIN, 0};
        assert_int_equal(poll(&ready, 1, patience_ms), 1);
    }
    expect_error(fk_vm_poll(vm), FK_VM_DIED, "closed by an operator");
    expect_dead(vm);
    close_silently(vm);
    stop();
}

static void finalizers_run_otherwise(void **state) {
    (void)state;
    fk_vm *vm = contract_open("monitor.lua");
    forget_seen();
    contract_close(vm);
    expect_contains(seen(), "finalized");
}

static void hear(void *user, const fk_error *error, const fk_value *result) {
    (void)result;
    *(fk_death *)user = error->status == FK_VM_DIED ? error->death : FK_DEATH_NONE;
}

/* A child whose answer nobody waits for is not idle. */
static void closes_what_was_begun(void **state) {
    (void)state;
    start();
    fk_vm *vm = open_busy();
    if (fk_vm_fd(vm) >= 0) {
        fk_death death = FK_DEATH_NONE;
        expect_status(fk_vm_call_async(vm, "spin", NULL, hear, &death), FK_OK);
        fk_value *list;
        const fk_value *seen_vm = find("busy", &list);
        assert_non_null(seen_vm);
        expect_text(seen_vm, "state", "working");
        expect_text(seen_vm, "method", "spin");
        fk_value_free(list);
        give_order("close", "busy");
        struct pollfd ready = {fk_vm_fd(vm), POLLIN, 0};
        assert_int_equal(poll(&ready, 1, patience_ms), 1);
        expect_error(fk_vm_poll(vm), FK_VM_DIED, "closed by an operator");
        assert_int_equal(death, FK_DEATH_OPERATOR);
    }
    contract_close(vm);
    stop();
}

/* ---- the socket itself */

static void requests_that_are_none(void **state) {
    (void)state;
    start();
    expect_contains(ask("list"), "no JSON");
    expect_contains(ask("{}"), "none of list, interrupt, close");
    expect_contains(ask("[1]"), "none of list, interrupt, close");
    expect_contains(ask("{\"ask\":\"close\"}"), "number of a VM");
    expect_contains(ask("{\"ask\":\"close\",\"vm\":-1}"), "number of a VM");
    expect_contains(ask("{\"ask\":\"interrupt\",\"vm\":4000000000}"), "there is no VM 4000000000");
    expect_contains(ask("{\"ask\":\"list\"}"), "\"vms\":[");
    static char endless[100000];
    memset(endless, ' ', sizeof endless);
    send(asking, endless, sizeof endless, MSG_NOSIGNAL);
    assert_string_equal(read_line(asking), ""); /* it hangs up */
    stop();
}

static void clients_are_bounded(void **state) {
    (void)state;
    start();
    assert_int_equal(*ask("{\"ask\":\"list\"}"), '{');
    int others[most_clients];
    for (int i = 0; i + 1 < most_clients; i++) {
        others[i] = connect_to(path);
        assert_true(others[i] >= 0);
    }
    others[most_clients - 1] = connect_to(path);
    expect_contains(read_line(others[most_clients - 1]), "serves 8 at once");
    for (int i = 0; i < most_clients; i++) close(others[i]);
    assert_int_equal(*ask("{\"ask\":\"list\"}"), '{');
    stop();
}

static void one_at_a_time(void **state) {
    (void)state;
    start();
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    expect_error(fk_monitor_listen("other.sock"), FK_INVALID, path);
    stop();
    expect_status(fk_monitor_close(), FK_OK);
    expect_status(fk_monitor_listen(NULL), FK_INVALID);
    expect_error(fk_monitor_listen("/no/such/folder/x.sock"), FK_INVALID, "No such file");
    char endless[300];
    memset(endless, 'x', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    expect_error(fk_monitor_listen(endless), FK_INVALID, "longer than");
}

static int bind_at(const char *at, bool also_listen) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", at);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (also_listen) assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void what_stands_at_its_path(void **state) {
    (void)state;
    start();
    stop();
    assert_int_equal(mkdir(folder, 0700), 0);
    close(bind_at(path, true)); /* of a process that is gone */
    expect_status(fk_monitor_listen(path), FK_OK);
    expect_status(fk_monitor_close(), FK_OK);
    const int live = bind_at(path, true);
    expect_error(fk_monitor_listen(path), FK_INVALID, "another process listens there");
    close(live);
    assert_int_equal(unlink(path), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    expect_error(fk_monitor_listen(path), FK_INVALID, "no socket");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* In the copy no descriptor is that socket. */
static void a_forked_copy_has_it_not(void **state) {
    (void)state;
    start();
    const pid_t copy = fork();
    if (copy == 0) {
        int found = 0;
        for (int fd = 3; fd < 1024; fd++) {
            struct sockaddr_un name;
            socklen_t size = sizeof name;
            if (fd != asking && getsockname(fd, (struct sockaddr *)&name, &size) == 0 &&
                size > sizeof name.sun_family && name.sun_family == AF_UNIX)
                found += !strcmp(name.sun_path, path);
        }
        _exit(found);
    }
    int status;
    assert_int_equal(waitpid(copy, &status, 0), copy);
    assert_int_equal(status, 0);
    assert_int_equal(*ask("{\"ask\":\"list\"}"), '{');
    stop();
}

/* What a stranger is told, if the file's mode let him in. */
static void strangers_are_refused(void **state) {
    (void)state;
    enum { stranger = 65534 };
    if (geteuid() != 0) skip();
    start();
    assert_int_equal(chmod(folder, 0755), 0);
    for (int opened = 0; opened < 2; opened++) {
        if (opened) assert_int_equal(chmod(path, 0666), 0);
        const pid_t other = fork();
        if (other == 0) {
            if (setuid(stranger) != 0) _exit(9);
            const int fd = connect_to(path);
            if (fd < 0) _exit(errno == EACCES ? 1 : 8);
            char text[200] = "";
            send(fd, "{\"ask\":\"list\"}\n", 15, MSG_NOSIGNAL);
            _exit(read(fd, text, sizeof text - 1) > 0 && strstr(text, "is for the user") ? 2 : 7);
        }
        int status;
        assert_int_equal(waitpid(other, &status, 0), other);
        assert_int_equal(WEXITSTATUS(status), opened ? 2 : 1);
    }
    stop();
}

static const struct CMUnitTest tests[] = {
    TEST(tells_what_was_done),      TEST(labels_are_bounded),    TEST(tells_what_runs),
    TEST(interrupts_what_runs),     TEST(closes_what_runs),      TEST(closes_what_is_idle),
    TEST(finalizers_run_otherwise), TEST(closes_what_was_begun), TEST(requests_that_are_none),
    TEST(clients_are_bounded),      TEST(one_at_a_time),         TEST(what_stands_at_its_path),
    TEST(a_forked_copy_has_it_not), TEST(strangers_are_refused)};

#endif

TOPIC(monitor, tests);
