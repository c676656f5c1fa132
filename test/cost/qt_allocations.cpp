// SPDX-License-Identifier: MIT
// A notification through a slot, or a lambda with a signature, costs the allocations of its QString
// and its QByteArray, and no more: no QVariant, no list. count_allocations.so is preloaded.
#include "../bench/bench_qt.h"

#include <QCoreApplication>
#include <fkqt.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
}

namespace {

constexpr int notifications = 1000;

volatile uint64_t *counter() {
    const int fd = open(getenv("FK_ALLOCATIONS"), O_RDWR | O_CLOEXEC);
    void *shared = mmap(nullptr, sizeof(uint64_t), PROT_READ, MAP_SHARED, fd, 0);
    assert_true(fd >= 0 && shared != MAP_FAILED);
    close(fd);
    return static_cast<volatile uint64_t *>(shared);
}

void expect_two_each(FkVm &vm) {
    if (!vm.open(FK_SCRIPT)) fail_msg("%s", qPrintable(FkVm::errorText()));
    vm.call("tell", {"notify", notifications}); // buffers grow
    const uint64_t before = *counter();
    received = {};
    vm.call("tell", {"notify", notifications});
    const uint64_t made = *counter() - before;
    assert_int_equal(received.conn, notifications);
    if (made > 2 * notifications + 50) // the call itself has some
        fail_msg("%d notifications: %llu allocations", notifications,
                 static_cast<unsigned long long>(made));
}

void through_a_slot(void **) {
    Receiver receiver;
    FkVm vm;
    assert_true(vm.bind("notify", &receiver, "notify"));
    expect_two_each(vm);
}

void through_a_lambda(void **) {
    FkVm vm;
    vm.bind("notify", [](int conn, const QString &command, const QByteArray &payload) {
        received.conn = conn;
        received.bytes += command.size() + payload.size();
    });
    expect_two_each(vm);
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const CMUnitTest tests[] = {cmocka_unit_test(through_a_slot),
                                cmocka_unit_test(through_a_lambda)};
    const int failed = cmocka_run_group_tests(tests, nullptr, nullptr);
    unlink(getenv("FK_ALLOCATIONS"));
    return failed;
}
