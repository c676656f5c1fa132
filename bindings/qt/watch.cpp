// SPDX-License-Identifier: MIT
// What happens to a FkVm between its calls, in the event loop of its thread: a child speaks or
// dies, an embedded VM is tidied up, the thread ends.
#include "private.h"

#include <QAbstractEventDispatcher>
#include <QEvent>

namespace {

constexpr int period_ms = 100; // fk_vm_fd() asks for 50 to 200

struct LastError {
    fk_status status = FK_OK;
    QString text;
};
thread_local LastError last;

// An event is none of the program's functions: what the latest of those said stays.
struct KeptError {
    LastError kept = last;
    ~KeptError() { last = std::move(kept); }
};

} // namespace

fk_status FkVm::error() { return last.status; }
QString FkVm::errorText() { return last.text; }

bool fkFail(fk_status status, const QString &text) {
    last = {status, text};
    return false;
}

bool fkKeepError(fk_status status) {
    if (status == FK_OK) return last = {}, true;
    const fk_error *error = fk_error_last();
    fkFail(status, QString::fromUtf8(error->message));
    if (error->traceback) last.text += QLatin1Char('\n') + QString::fromUtf8(error->traceback);
    return false;
}

bool FkVm::Private::check(fk_status status) {
    if (fkKeepError(status)) return true;
    announceDeath();
    return false;
}

FkVm::Private::InCall::~InCall() {
    if (p_.waiting_) p_.later(&Private::watchAgain);
    if (p_.resting_.load(std::memory_order_relaxed) && p_.resting_.exchange(false))
        p_.later(&Private::goOnTidying);
    p_.calls_.fetch_sub(1, std::memory_order_release);
}

// In the event loop of the FkVm's thread.
void FkVm::Private::later(void (Private::*work)()) {
    QMetaObject::invokeMethod(
        vm, [this, work] { (this->*work)(); }, Qt::QueuedConnection);
}

bool FkVm::Private::isElsewhere() const {
    const QThread *own = vm->thread();
    return own && own != QThread::currentThread() && own->isRunning() && !own->isFinished();
}

// fk_vm_close has waited until they left the VM.
void FkVm::Private::endCalls() const {
    while (calls_.load(std::memory_order_acquire)) QThread::yieldCurrentThread();
}

void FkVm::Private::begin() {
    opened_++;
    dead_ = false;
    resting_ = false;
}

void FkVm::Private::watch() {
    if (!handle || isWatched() || QThread::currentThread() != vm->thread() ||
        !QAbstractEventDispatcher::instance())
        return;
    const int fd = fk_vm_fd(handle);
    if (fd >= 0) {
        notifier_ = new QSocketNotifier(fd, QSocketNotifier::Read, vm);
        connect(notifier_, &QSocketNotifier::activated, vm, [this] { listen(); });
    } else {
        timer_ = new QTimer(vm);
        connect(timer_, &QTimer::timeout, vm, [this] { tidy(); });
        timer_->start(period_ms);
    }
    finishing_ = connect(
        vm->thread(), &QThread::finished, vm, [this] { unwatch(); }, Qt::DirectConnection);
}

void FkVm::Private::unwatch() {
    disconnect(finishing_);
    if (notifier_) {
        notifier_->setEnabled(false);
        notifier_->deleteLater(); // it may be the one that called
    }
    delete timer_;
    notifier_ = nullptr;
    timer_ = nullptr;
}

// While another thread is in a call, that call does what is waiting, and its end watches again. One
// that ended before waiting_ was set did not see it: hence the second look.
void FkVm::Private::listen() {
    const KeptError kept;
    if (!handle || check(fk_vm_poll(handle)) || last.status != FK_BUSY || !notifier_) return;
    notifier_->setEnabled(false);
    waiting_ = true;
    if (fk_vm_poll(handle) != FK_BUSY) watchAgain();
}

void FkVm::Private::watchAgain() {
    if (waiting_.exchange(false) && notifier_) notifier_->setEnabled(true);
}

// A call that ends after resting_ was set starts the timer again; what an earlier one left shows in
// the stats.
void FkVm::Private::tidy() {
    const KeptError kept;
    if (calls_.load(std::memory_order_acquire) || !check(fk_vm_poll(handle))) return;
    resting_ = true;
    fk_stats stats = FK_STATS_INIT;
    if (fk_vm_stats(handle, &stats) == FK_OK && !stats.wants_poll)
        timer_->stop();
    else
        resting_ = false;
}

void FkVm::Private::goOnTidying() {
    if (timer_) timer_->start(period_ms);
}

void FkVm::Private::announceDeath() {
    fk_stats stats = FK_STATS_INIT;
    if (!handle || fk_vm_stats(handle, &stats) != FK_OK || stats.alive || dead_.exchange(true))
        return;
    const auto announce = [this, opened = opened_, reason = last.text] {
        if (!handle || opened != opened_) return;
        unwatch();
        emit vm->died(reason);
    };
    QMetaObject::invokeMethod(vm, announce, Qt::QueuedConnection);
}

// Notifier and timer move along; that the new thread ends must be heard of, too. This is posted
// now, and so comes in the new thread.
void FkVm::Private::moves() {
    disconnect(finishing_);
    if (handle) later(&Private::arrive);
}

void FkVm::Private::arrive() {
    if (!isWatched()) return watch();
    finishing_ = connect(
        vm->thread(), &QThread::finished, vm, [this] { unwatch(); }, Qt::DirectConnection);
}

bool FkVm::event(QEvent *event) {
    if (event->type() == QEvent::ThreadChange) d->moves();
    return QObject::event(event);
}
