// SPDX-License-Identifier: MIT
// FkVm: one VM as a QObject.
#include "fkqt.h"

#include <QMetaMethod>
#include <QSocketNotifier>
#include <QThread>

#include <array>
#include <vector>

struct FkVm::Bound {
    QByteArray name;
    Method method;

    static fk_status call(void *user, fk_request *request, const fk_value *params) noexcept;
};

namespace {

QVariantList paramList(const fk_value &params) {
    if (params.type == FK_ARRAY) return fkToVariant(params).toList();
    if (params.type == FK_OBJECT) return {fkToVariant(params)};
    return {};
}

fk_status answer(fk_request *request, const QVariant &result) {
    FkStorage storage;
    fk_value value;
    QString problem;
    if (fkFromVariant(result, &storage, &value, &problem)) return fk_reply(request, &value);
    return fk_fail(request, FK_CODE_BAD_VALUE, problem.toUtf8().constData());
}

// Invokes a slot with parameters converted to its signature.
QVariant invoke(QObject *receiver, const QMetaMethod &slot, const QVariantList &params) {
    if (params.size() != slot.parameterCount())
        throw FkVm::Failure{FK_CODE_INVALID_PARAMS, QStringLiteral("%1 takes %2 parameters, %3 came")
                                                        .arg(QLatin1String(slot.methodSignature()))
                                                        .arg(slot.parameterCount())
                                                        .arg(params.size())};
    QVariantList converted = params;
    std::array<QGenericArgument, 10> arguments;
    for (qsizetype i = 0; i < converted.size(); i++) {
        const QMetaType type = slot.parameterMetaType(static_cast<int>(i));
        if (type.id() != QMetaType::QVariant && !converted[i].convert(type))
            throw FkVm::Failure{FK_CODE_INVALID_PARAMS,
                                QStringLiteral("parameter %1 of %2 cannot become %3")
                                    .arg(i + 1)
                                    .arg(QLatin1String(slot.methodSignature()), QLatin1String(type.name()))};
        const void *data = type.id() == QMetaType::QVariant ? &converted[i] : converted[i].constData();
        arguments[static_cast<size_t>(i)] = QGenericArgument(type.name(), data);
    }
    const QMetaType type = slot.returnMetaType();
    QVariant result = type.id() == QMetaType::Void || type.id() == QMetaType::QVariant ? QVariant() : QVariant(type);
    void *out = type.id() == QMetaType::QVariant ? static_cast<void *>(&result) : result.data();
    const auto &a = arguments;
    const QGenericReturnArgument into = type.id() == QMetaType::Void ? QGenericReturnArgument()
                                                                     : QGenericReturnArgument(type.name(), out);
    slot.invoke(receiver, Qt::DirectConnection, into, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);
    return result;
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
    const QMetaObject *meta = receiver->metaObject();
    for (int i = 0; i < meta->methodCount(); i++) {
        const QMetaMethod method = meta->method(i);
        if (method.name() != slot || method.parameterCount() > 10) continue;
        bind(name, [receiver, method](const QVariantList &params) { return invoke(receiver, method, params); });
        return true;
    }
    return false;
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
        emit static_cast<FkVm *>(user)->output(level, QByteArray(text, static_cast<qsizetype>(size)));
    };
    if (!check(fk_vm_open(&options, &vm_))) return false;
    watch();
    return true;
}

// A child that dies or speaks between calls is noticed by the event loop of the object's thread.
void FkVm::watch() {
    const int fd = fk_vm_fd(vm_);
    if (fd < 0 || QThread::currentThread() != thread() || !QThread::currentThread()->eventDispatcher()) return;
    notifier_ = new QSocketNotifier(fd, QSocketNotifier::Read, this);
    connect(notifier_, &QSocketNotifier::activated, this, &FkVm::poll);
}

void FkVm::poll() {
    if (check(fk_vm_poll(vm_)) || fk_error_last()->vm_alive) return;
    delete notifier_;
    notifier_ = nullptr;
    emit died(errorText_);
}

bool FkVm::close() {
    if (!vm_) return true;
    if (fk_vm_close(vm_) == FK_BUSY) return check(FK_BUSY);
    delete notifier_;
    notifier_ = nullptr;
    vm_ = nullptr;
    return true;
}

QVariant FkVm::call(const QString &name, const QVariantList &params) {
    FkStorage storage;
    fk_value value, *result = nullptr;
    QString problem;
    if (!fkFromVariant(params, &storage, &value, &problem)) {
        error_ = FK_BAD_VALUE;
        errorText_ = problem;
        return {};
    }
    if (!check(fk_vm_call(vm_, name.toUtf8().constData(), &value, &result))) return {};
    const QVariant variant = fkToVariant(*result);
    fk_value_free(result);
    return variant;
}

bool FkVm::notify(const QString &name, const QVariantList &params) {
    FkStorage storage;
    fk_value value;
    if (!fkFromVariant(params, &storage, &value, &errorText_)) return error_ = FK_BAD_VALUE, false;
    return check(fk_vm_notify(vm_, name.toUtf8().constData(), &value));
}

bool FkVm::interrupt() { return fk_vm_interrupt(vm_) == FK_OK; }

bool FkVm::check(fk_status status) {
    const fk_error *error = fk_error_last();
    error_ = status;
    errorText_ = status == FK_OK ? QString() : QString::fromUtf8(error->message);
    if (status != FK_OK && error->traceback) errorText_ += QLatin1Char('\n') + QString::fromUtf8(error->traceback);
    return status == FK_OK;
}
