/* SPDX-License-Identifier: MIT */
/* fk_vm_fd in the loops that servers have: each is told of a notification that a child sends while
 * it is idle, and of its death. */
#include "fk_vm.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef FK_LIBUV
#include <uv.h>
#endif

enum { longest = 60000 }; /* ms; only a hang reaches it */

static int told;

static fk_status tell(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    told++;
    return fk_reply(request, NULL);
}

/* Waits until fd is readable. */
typedef bool (*wait_fn)(int fd);

static bool by_poll(int fd) {
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return poll(&one, 1, longest) == 1 && (one.revents & POLLIN);
}

static bool by_select(int fd) {
    fd_set set;
    struct timeval limit = {.tv_sec = longest / 1000};
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return select(fd + 1, &set, NULL, NULL, &limit) == 1;
}

static bool by_epoll(int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    const int loop = epoll_create1(EPOLL_CLOEXEC);
    const bool ready = epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) == 0 &&
                       epoll_wait(loop, &event, 1, longest) == 1;
    close(loop);
    return ready;
}

#ifdef FK_LIBUV
static void seen(uv_poll_t *watch, int status, int events) {
    *(bool *)watch->data = status == 0 && (events & UV_READABLE);
    uv_poll_stop(watch);
}

static bool by_libuv(int fd) {
    bool ready = false;
    uv_loop_t loop;
    uv_poll_t watch = {.data = &ready};
    if (uv_loop_init(&loop) != 0 || uv_poll_init(&loop, &watch, fd) != 0) return false;
    uv_poll_start(&watch, UV_READABLE, seen);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&watch, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop) == 0 && ready;
}
#endif

static void watch_a_child(void **state) {
    const wait_fn wait = (wait_fn)*state;
    const fk_method methods[] = {{.name = "tell", .call = tell}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.script = FK_LOOPS_LUA;
    options.methods = methods;
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OK);
    told = 0;
    assert_int_equal(fk_vm_notify(vm, "say_something", NULL), FK_OK);
    while (!told) { /* it may also have something of the child's own to say */
        assert_true(wait(fk_vm_fd(vm)));
        assert_int_equal(fk_vm_poll(vm), FK_OK);
    }
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    kill((pid_t)stats.pid, SIGKILL);
    fk_status status = FK_OK;
    while (status == FK_OK) {
        assert_true(wait(fk_vm_fd(vm)));
        status = fk_vm_poll(vm);
    }
    assert_int_equal(status, FK_VM_DIED);
    fk_vm_close(vm);
}

int main(void) {
    static wait_fn waits[] = {by_poll, by_select, by_epoll,
#ifdef FK_LIBUV
                              by_libuv
#endif
    };
    static const char *const names[] = {"poll", "select", "epoll", "libuv"};
    struct CMUnitTest tests[sizeof waits / sizeof *waits];
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        tests[i] = (struct CMUnitTest){names[i], watch_a_child, NULL, NULL, (void *)waits[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
