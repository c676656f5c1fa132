// SPDX-License-Identifier: MIT
// FkVm: one VM as a QObject.
#include "slot.h"

#include <QSocketNotifier>
#include <QThread>

struct FkVm::Bound {
    QByteArray name;
    Method method;

    static fk_status call(void *user, fk_request *request, const fk_value *params) noexcept;
};

namespace {

QVariantList paramList(const fk_value &params) {
    if (params.kind == FK_ARRAY) return fkToVariant(params).toList();
    if (params.kind == FK_OBJECT) return {fkToVariant(params)};
    return {};
}

fk_status answer(fk_request *request, const QVariant &result) {
    FkStorage storage;
    fk_value value;
    QString problem;
    if (fkFromVariant(result, &storage, &value, &problem, QStringLiteral("result")))
        return fk_reply(request, &value);
    return fk_fail(request, FK_CODE_BAD_VALUE, problem.toUtf8().constData());
}

struct LastError {
    fk_status status = FK_OK;
    QString text;
};
thread_local LastError last;

bool fail(fk_status status, const QString &text) {
    last = {status, text};
    return false;
}

} // namespace

fk_status FkVm::Bound::call(void *user, fk_request *request, const fk_value *params) noexcept {
    try {
        return answer(request, static_cast<Bound *>(user)->method(paramList(*params)));
    } catch (const Failure &failure) {
        return fk_fail(request, failure.code, failure.message.toUtf8().constData());
    } catch (const std::exception &e) {
        return fk_fail(request, FK_CODE_INTERNAL, e.what());
    } catch (...) {
        return fk_fail(request, FK_CODE_INTERNAL, "the host method threw");
    }
}

FkVm::FkVm(QObject *parent) : QObject(parent) {}
FkVm::~FkVm() { close(); }

void FkVm::bind(const QString &name, Method method) {
    methods_.push_back(std::make_unique<Bound>(Bound{name.toUtf8(), std::move(method)}));
}

bool FkVm::bind(const QString &name, QObject *receiver, const char *slot) {
    FkSlot found = FkSlot::find(receiver, slot);
    if (found.overloads.isEmpty()) return false;
    bind(name, std::move(found));
    return true;
}

bool FkVm::open(const QString &script, const QString &directory, const fk_vm_options *from) {
    if (!close()) return false;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    if (from) options = *from;
    const QByteArray file = script.toUtf8(), folder = directory.toUtf8();
    options.script = script.isEmpty() ? nullptr : file.constData();
    options.directory = directory.isEmpty() ? nullptr : folder.constData();
    std::vector<fk_method> list;
    for (const auto &bound : methods_)
        list.push_back({bound->name.constData(), &Bound::call, bound.get(), 0, {0, 0, 0}});
    list.push_back({});
    options.methods = list.data();
    options.user = this;
    options.finalize = nullptr;
    options.output = [](void *user, fk_level level, const char *text, size_t size) {
        emit static_cast<FkVm *>(user)->output(level,
                                               QByteArray(text, static_cast<qsizetype>(size)));
    };
    opened_++;
    dead_ = false;
    if (!check(fk_vm_open(&options, &vm_))) return false;
    watch();
    return true;
}

// A child that dies or speaks between calls is noticed by the event loop of the object's thread.
void FkVm::watch() {
    const int fd = fk_vm_fd(vm_);
    if (fd < 0 || QThread::currentThread() != thread() ||
        !QThread::currentThread()->eventDispatcher())
        return;
    notifier_ = new QSocketNotifier(fd, QSocketNotifier::Read, this);
    connect(notifier_, &QSocketNotifier::activated, this, &FkVm::poll);
}

void FkVm::unwatch() {
    if (!notifier_) return;
    notifier_->setEnabled(false);
    notifier_->deleteLater(); // it may be the one that called
    notifier_ = nullptr;
}

// While another thread is in a call, that call does what is waiting, and its end watches again. One
// that ended before waiting_ was set did not see it: hence the second look.
void FkVm::poll() {
    if (!vm_ || check(fk_vm_poll(vm_)) || error() != FK_BUSY || !notifier_) return;
    notifier_->setEnabled(false);
    waiting_ = true;
    if (fk_vm_poll(vm_) != FK_BUSY) watchAgain();
}

void FkVm::watchAgain() {
    if (waiting_.exchange(false) && notifier_) notifier_->setEnabled(true);
}

bool FkVm::close() {
    if (!vm_) return true;
    if (fk_vm_close(vm_) == FK_BUSY) return check(FK_BUSY);
    unwatch();
    vm_ = nullptr;
    last = {};
    return true;
}

bool FkVm::leaveCall(fk_status status) {
    const bool good = check(status);
    if (waiting_) QMetaObject::invokeMethod(this, &FkVm::watchAgain, Qt::QueuedConnection);
    return good;
}

QVariant FkVm::call(const QString &name, const QVariantList &params) {
    FkStorage storage;
    fk_value value, *result = nullptr;
    QString problem;
    if (!fkFromVariant(params, &storage, &value, &problem))
        return fail(FK_BAD_VALUE, problem), QVariant();
    if (!leaveCall(fk_vm_call(vm_, name.toUtf8().constData(), &value, &result))) return {};
    const QVariant variant = fkToVariant(*result);
    fk_value_free(result);
    return variant;
}

bool FkVm::notify(const QString &name, const QVariantList &params) {
    FkStorage storage;
    fk_value value;
    QString problem;
    if (!fkFromVariant(params, &storage, &value, &problem)) return fail(FK_BAD_VALUE, problem);
    return leaveCall(fk_vm_notify(vm_, name.toUtf8().constData(), &value));
}

bool FkVm::interrupt() { return check(fk_vm_interrupt(vm_)); }

fk_status FkVm::error() { return last.status; }
QString FkVm::errorText() { return last.text; }

bool FkVm::check(fk_status status) {
    if (status == FK_OK) return last = {}, true;
    const fk_error *error = fk_error_last();
    fail(status, QString::fromUtf8(error->message));
    if (error->traceback) last.text += QLatin1Char('\n') + QString::fromUtf8(error->traceback);
    announceDeath();
    return false;
}

void FkVm::announceDeath() {
    fk_stats stats = FK_STATS_INIT;
    if (!vm_ || fk_vm_stats(vm_, &stats) != FK_OK || stats.alive || dead_.exchange(true)) return;
    const auto announce = [this, opened = opened_, reason = last.text] {
        if (!vm_ || opened != opened_) return;
        unwatch();
        emit died(reason);
    };
    QMetaObject::invokeMethod(this, announce, Qt::QueuedConnection);
}
