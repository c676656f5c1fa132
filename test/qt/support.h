// SPDX-License-Identifier: MIT
// What the tests of the Qt binding share: opening, failing, and waiting in an event loop with a
// limit.
#pragma once

#include <fkqt.h>

#include <QEventLoop>
#include <QThread>
#include <QTimer>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
}

constexpr int patience_ms = 10'000;

inline void open(FkVm &vm, const fk_vm_options *options = nullptr) {
    if (!vm.open(QStringLiteral(FK_TEST_SCRIPT), {}, options))
        fail_msg("%s", qPrintable(FkVm::errorText()));
}

inline void expect_error(fk_status status, const char *text) {
    if (FkVm::error() != status || !FkVm::errorText().contains(QLatin1String(text)))
        fail_msg("expected %s with '%s', got %s: %s", fk_status_name(status), text,
                 fk_status_name(FkVm::error()), qPrintable(FkVm::errorText()));
}

// Runs the event loop until done says so; false: patience ended.
template <class Done>
bool wait_until(Done done) {
    QTimer limit;
    limit.setSingleShot(true);
    limit.start(patience_ms);
    while (!done() && limit.isActive()) {
        QEventLoop loop;
        loop.processEvents(QEventLoop::WaitForMoreEvents);
    }
    return done();
}

// A thread with an event loop, as FreeKill's RoomThread has one.
struct Worker {
    QThread thread;
    Worker() { thread.start(); }
    ~Worker() {
        thread.quit();
        thread.wait();
    }
    // Runs work there and waits for it.
    template <class Work>
    void run(QObject &object, Work work) {
        QMetaObject::invokeMethod(&object, work, Qt::BlockingQueuedConnection);
    }
};

int run_variant_tests();
int run_method_tests();
int run_typed_tests();
int run_loop_tests();
int run_life_tests();
int delete_wrongly(const char *how);
