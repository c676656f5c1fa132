// SPDX-License-Identifier: MIT
// Between calls and at the end: an idle VM is tidied up, threads end, and who may delete a FkVm.
#include <QCoreApplication>
#include <QProcess>
#include <QSemaphore>

// CMocka defines fail and the like: after all others.
#include "support.h"

#include <cstring>

namespace {

bool is_child(const FkVm &vm) { return fk_vm_fd(vm.handle()) >= 0; }

fk_stats stats_of(const FkVm &vm) {
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm.handle(), &stats), FK_OK);
    return stats;
}

// Qt's own warnings while it lives.
struct Warnings {
    static inline QStringList texts;
    QtMessageHandler before;

    Warnings() : before(qInstallMessageHandler(take)) { texts.clear(); }
    ~Warnings() { qInstallMessageHandler(before); }
    static void take(QtMsgType type, const QMessageLogContext &, const QString &text) {
        if (type != QtDebugMsg && type != QtInfoMsg) texts.append(text);
    }
    static void expect_none() {
        if (!texts.isEmpty()) fail_msg("Qt warned: %s", qPrintable(texts.join("; ")));
    }
};

void an_idle_vm_is_tidied_up(void **) {
    FkVm vm;
    open(vm);
    const double before = vm.call("litter").toDouble() * 1024;
    assert_false(vm.call("nobody").isValid());
    if (is_child(vm)) return; // it does so by itself
    auto *timer = vm.findChild<QTimer *>();
    assert_non_null(timer);
    assert_true(wait_until([&] { return static_cast<double>(stats_of(vm).memory) < before / 2; }));
    assert_true(wait_until([&] { return !timer->isActive(); })); // nothing is left to do
    assert_int_equal(stats_of(vm).wants_poll, 0);
    expect_error(FK_NO_METHOD, "nobody"); // an event is no function of the program's
    vm.call("litter");
    assert_true(wait_until([&] { return timer->isActive(); }));
    assert_true(wait_until([&] { return !timer->isActive(); }));
    QThread *other = QThread::create([&] { vm.call("litter"); });
    other->start();
    assert_true(wait_until([&] { return timer->isActive(); }));
    assert_true(other->wait(patience_ms));
    delete other;
}

// A host method may have an event loop of its own.
void nobody_tidies_up_during_a_call(void **) {
    FkVm vm;
    int ticks = 0;
    vm.bind("wait", [&] {
        auto *timer = vm.findChild<QTimer *>();
        if (!timer) return;
        ticks = 0;
        QObject::connect(timer, &QTimer::timeout, [&] { ticks++; });
        wait_until([&] { return ticks >= 8; });
    });
    open(vm);
    vm.call("same");
    assert_false(vm.call("leave_garbage_and_wait", {"wait"}).toBool());
    if (!is_child(vm)) assert_true(ticks >= 8);
}

// As a server that deletes what a thread of rooms has, when it has waited for the thread.
void deleted_after_its_thread_has_ended(void **) {
    Warnings warnings;
    for (const bool moves : {false, true}) {
        FkVm *vm = nullptr;
        if (moves) open(*(vm = new FkVm));
        QThread *thread = QThread::create([&] {
            if (!moves) open(*(vm = new FkVm));
            QEventLoop loop;
            QTimer::singleShot(20, &loop, &QEventLoop::quit);
            loop.exec();
        });
        if (moves) vm->moveToThread(thread);
        thread->start();
        assert_true(thread->wait(patience_ms));
        assert_int_equal(vm->call("same", {5}).toInt(), 5); // from any thread
        delete vm;
        delete thread;
    }
    Warnings::expect_none();
}

void a_call_of_another_thread_ends_first(void **) {
    QSemaphore inside;
    auto *vm = new FkVm;
    vm->bind("started", [&] { inside.release(); });
    open(*vm);
    bool valid = true;
    fk_status status = FK_OK;
    QThread *other = QThread::create([&] {
        valid = vm->call("endless").isValid();
        status = FkVm::error();
    });
    other->start();
    assert_true(inside.tryAcquire(1, patience_ms));
    delete vm;
    assert_true(other->wait(patience_ms));
    delete other;
    assert_false(valid);
    assert_int_equal(status, FK_INTERRUPTED);
}

void closed_elsewhere(void **) {
    Worker worker;
    auto *vm = new FkVm;
    vm->moveToThread(&worker.thread);
    worker.run(*vm, [&] { open(*vm); });
    assert_false(vm->close());
    expect_error(FK_INVALID, "QMetaObject::invokeMethod");
    assert_int_equal(vm->call("same", {5}).toInt(), 5);
    vm->deleteLater();
}

// What must not be ends the program, with a sentence that says what to do.
void wrong_deletes_are_said_aloud(void **) {
    const struct {
        const char *how, *why;
    } rows[] = {{"elsewhere", "FkVm: deleted in another thread while its own runs"},
                {"inside", "FkVm: deleted while it cannot be closed"}};
    for (const auto &row : rows) {
        QProcess program;
        program.start(QCoreApplication::applicationFilePath(), {"delete", row.how});
        assert_true(program.waitForFinished(patience_ms));
        const QByteArray said = program.readAllStandardError();
        if (program.exitStatus() != QProcess::CrashExit || !said.contains(row.why) ||
            !said.contains("deleteLater()"))
            fail_msg("%s: %s", row.how, said.constData());
    }
}

} // namespace

// A program that does what it must not.
int delete_wrongly(const char *how) {
    if (!std::strcmp(how, "inside")) {
        auto *vm = new FkVm;
        vm->bind("delete", [&] { delete vm; });
        open(*vm);
        vm->call("forward", {"delete"});
    } else {
        Worker worker;
        auto *vm = new FkVm;
        vm->moveToThread(&worker.thread);
        worker.run(*vm, [&] { open(*vm); });
        delete vm;
    }
    return 0;
}

int run_life_tests() {
    const CMUnitTest tests[] = {cmocka_unit_test(an_idle_vm_is_tidied_up),
                                cmocka_unit_test(nobody_tidies_up_during_a_call),
                                cmocka_unit_test(deleted_after_its_thread_has_ended),
                                cmocka_unit_test(a_call_of_another_thread_ends_first),
                                cmocka_unit_test(closed_elsewhere),
                                cmocka_unit_test(wrong_deletes_are_said_aloud)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
