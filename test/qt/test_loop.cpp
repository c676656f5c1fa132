// SPDX-License-Identifier: MIT
// Threads and event loops: a VM in a QThread, calls from other threads, a death that the loop
// notices.
#include "receiver.h"
#include "support.h"

#include <QSemaphore>

#include <csignal>
#include <cstdio>

namespace {

int64_t child_of(FkVm &vm) {
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm.handle(), &stats), FK_OK);
    return stats.pid;
}

void a_vm_lives_in_a_thread(void **) {
    Worker worker;
    Receiver receiver;
    auto *vm = new FkVm;
    QThread *wrote = nullptr;
    QByteArray line;
    QObject::connect(vm, &FkVm::output, &receiver,
                     [&](int, const QByteArray &text) { // queued to this thread
                         wrote = QThread::currentThread();
                         line = text;
                     });
    vm->bind("doNotify", &receiver, "doNotify");
    vm->moveToThread(&worker.thread);
    int sum = 0;
    bool opened = false;
    worker.run(*vm, [&] {
        opened = vm->open(QStringLiteral(FK_TEST_SCRIPT));
        for (int i = 0; i < 100; i++) sum += vm->call("same", {i}).toInt();
        vm->call("forward", {"doNotify", 4, "c", "p"});
        vm->call("say", {"from there"});
    });
    assert_true(opened);
    assert_int_equal(sum, 4950);
    assert_int_equal(receiver.conn, 4);
    assert_ptr_equal(receiver.thread, &worker.thread);
    assert_true(wait_until([&] { return !line.isEmpty(); }));
    assert_string_equal(line.constData(), "from there");
    assert_ptr_equal(wrote, QThread::currentThread());
    worker.run(*vm, [&] { delete vm; });
}

// The error is the calling thread's: one that fails all the time disturbs no other.
void other_threads_may_call(void **) {
    FkVm vm;
    open(vm);
    int wrong = 0;
    QThread *other = QThread::create([&] {
        for (int i = 0; i < 200; i++) {
            vm.call("nobody");
            if (FkVm::error() != FK_NO_METHOD) wrong++;
        }
    });
    other->start();
    for (int i = 0; i < 200; i++)
        if (vm.call("same", {i}).toInt() != i || FkVm::error() != FK_OK) wrong++;
    assert_true(other->wait(patience_ms));
    delete other;
    assert_int_equal(wrong, 0);
}

// Makes the descriptor of the VM readable: a word on its child's standard error.
void speak(int64_t pid) {
    FILE *said = std::fopen(qPrintable(QStringLiteral("/proc/%1/fd/2").arg(pid)), "w");
    assert_non_null(said);
    assert_true(std::fputs("a word\n", said) >= 0);
    std::fclose(said);
}

// While another thread is in a call, the loop of the VM's own thread does not wait for it;
// afterwards it notices a death as before.
void the_loop_runs_while_another_thread_calls(void **) {
    FkVm vm;
    QSemaphore inside, leave;
    vm.bind("wait", [&](const QVariantList &) {
        inside.release();
        leave.acquire();
        return QVariant(1);
    });
    QString reason;
    QObject::connect(&vm, &FkVm::died, [&](const QString &why) { reason = why; });
    open(vm);
    const int64_t pid = child_of(vm);
    int answer = 0;
    QThread *other = QThread::create([&] { answer = vm.call("forward", {"wait"}).toInt(); });
    other->start();
    assert_true(inside.tryAcquire(1, patience_ms));
    if (pid) speak(pid);
    int turns = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, [&] { turns++; });
    timer.start(1);
    assert_true(wait_until([&] { return turns >= 20; }));
    leave.release();
    assert_true(other->wait(patience_ms));
    delete other;
    assert_int_equal(answer, 1);
    if (!pid) return;
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    assert_true(wait_until([&] { return !reason.isEmpty(); }));
}

void a_death_between_calls_is_noticed(void **) {
    FkVm vm;
    int deaths = 0;
    QString reason;
    QObject::connect(&vm, &FkVm::died, [&](const QString &why) {
        deaths++;
        reason = why;
    });
    open(vm);
    const int64_t pid = child_of(vm);
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    assert_true(wait_until([&] { return deaths > 0; }));
    assert_true(reason.contains("9") || reason.contains("KILL"));
    assert_false(vm.call("same").isValid());
    expect_error(FK_VM_DIED, "");
    QEventLoop().processEvents();
    assert_int_equal(deaths, 1);
    open(vm); // a new one, watched like the first
    ::kill(static_cast<pid_t>(child_of(vm)), SIGKILL);
    assert_true(wait_until([&] { return deaths == 2; }));
}

void a_death_in_a_call_is_told_once(void **) {
    FkVm vm;
    int deaths = 0;
    int64_t pid = 0;
    QObject::connect(&vm, &FkVm::died, [&] { deaths++; });
    vm.bind("die", [&](const QVariantList &) {
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        return QVariant(1);
    });
    open(vm);
    pid = child_of(vm);
    assert_false(vm.call("forward", {"die"}).isValid());
    expect_error(FK_VM_DIED, "");
    assert_int_equal(deaths, 0); // not inside the call
    assert_true(wait_until([&] { return deaths > 0; }));
    vm.call("same");
    QEventLoop().processEvents();
    assert_int_equal(deaths, 1);
}

void a_closed_vm_tells_nothing(void **) {
    FkVm vm;
    int deaths = 0;
    QObject::connect(&vm, &FkVm::died, [&] { deaths++; });
    open(vm);
    const int64_t pid = child_of(vm);
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    vm.call("same");
    vm.close();
    open(vm);
    QEventLoop().processEvents();
    assert_int_equal(deaths, 0);
    assert_int_equal(vm.call("same", {1}).toInt(), 1);
}

void interrupt_from_another_thread(void **) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.call_timeout = 60'000; // embedded: arms the hook that can be interrupted
    FkVm vm;
    QThread *other = nullptr;
    vm.bind("started", [&](const QVariantList &) {
        other = QThread::create([&] { vm.interrupt(); });
        other->start();
        return QVariant();
    });
    open(vm, &options);
    assert_false(vm.call("endless").isValid());
    expect_error(FK_INTERRUPTED, "");
    assert_true(other->wait(patience_ms));
    delete other;
}

} // namespace

int run_loop_tests() {
    const CMUnitTest tests[] = {cmocka_unit_test(a_vm_lives_in_a_thread),
                                cmocka_unit_test(other_threads_may_call),
                                cmocka_unit_test(the_loop_runs_while_another_thread_calls),
                                cmocka_unit_test(interrupt_from_another_thread)};
    const CMUnitTest of_a_child[] = {cmocka_unit_test(a_death_between_calls_is_noticed),
                                     cmocka_unit_test(a_death_in_a_call_is_told_once),
                                     cmocka_unit_test(a_closed_vm_tells_nothing)};
    FkVm vm;
    open(vm);
    const bool is_child = child_of(vm) != 0;
    const int failed = cmocka_run_group_tests(tests, nullptr, nullptr);
    return is_child ? failed + cmocka_run_group_tests(of_a_child, nullptr, nullptr) : failed;
}
