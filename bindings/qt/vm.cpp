// SPDX-License-Identifier: MIT
// FkVm: one VM as a QObject. How its event loop watches it is in watch.cpp.
#include "private.h"

#include <QMetaMethod>

namespace {

bool isOffered(const QMetaMethod &method) {
    return method.access() == QMetaMethod::Public &&
           (method.methodType() == QMetaMethod::Slot || method.methodType() == QMetaMethod::Method);
}

} // namespace

FkVm::FkVm(QObject *parent) : QObject(parent), d(std::make_unique<Private>(this)) {}

FkVm::~FkVm() {
    if (d->isElsewhere())
        qFatal(
            "FkVm: deleted in another thread while its own runs, whose event loop may use it. Call "
            "deleteLater(), or delete it once QThread::wait() of that thread has returned");
    if (!close())
        qFatal("FkVm: deleted while it cannot be closed: %s. Call deleteLater()",
               qPrintable(errorText()));
    d->endCalls();
}

fk_vm *FkVm::handle() const { return d->handle; }

void FkVm::Private::add(const QString &name, std::unique_ptr<FkBound> bound) {
    bound->name = name.toUtf8();
    methods.push_back(std::move(bound));
}

bool FkVm::Private::isBound(const QByteArray &name) const {
    for (const auto &bound : methods)
        if (bound->name == name) return true;
    return false;
}

void FkVm::add(const QString &name, std::unique_ptr<FkBound> bound) {
    d->add(name, std::move(bound));
}

void FkVm::bind(const QString &name, Method method) {
    d->add(name, std::make_unique<FkWholeList>(std::move(method)));
}

bool FkVm::bind(const QString &name, QObject *receiver, const char *slot) {
    QString problem;
    auto found = FkSlots::find(receiver, slot, &problem);
    if (!found) return fkFail(FK_INVALID, problem);
    d->add(name, std::move(found));
    return fkKeepError(FK_OK);
}

QStringList FkVm::bindAll(QObject *receiver, const QString &prefix) {
    QStringList names;
    const QMetaObject *meta = receiver->metaObject();
    for (int i = meta->methodOffset(); i < meta->methodCount(); i++) {
        const QMetaMethod method = meta->method(i);
        const QString name = prefix + QLatin1String(method.name());
        if (isOffered(method) && !d->isBound(name.toUtf8()) &&
            bind(name, receiver, method.name().constData()))
            names.append(name);
    }
    return names;
}

void FkVm::setGlobal(const QString &name, const QVariant &value) { d->globals.insert(name, value); }

// Empty: there are none. False: one cannot cross.
bool FkVm::Private::describeGlobals(QByteArray *json) const {
    if (globals.isEmpty()) return true;
    FkStorage storage;
    fk_value value;
    QString problem;
    if (!fkFromVariant(globals, &storage, &value, &problem, QStringLiteral("globals")))
        return fkFail(FK_BAD_VALUE, problem);
    char *text = nullptr;
    if (!fkKeepError(fk_value_to_json(&value, &text, nullptr))) return false;
    *json = text;
    fk_text_free(text);
    return true;
}

bool FkVm::open(const QString &script, const QString &directory, const fk_vm_options *from) {
    if (!close()) return false;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    if (from) options = *from;
    const QByteArray file = script.toUtf8(), folder = directory.toUtf8();
    QByteArray globals;
    if (!d->describeGlobals(&globals)) return false;
    if (!globals.isEmpty()) options.globals = globals.constData();
    options.script = script.isEmpty() ? nullptr : file.constData();
    options.directory = directory.isEmpty() ? nullptr : folder.constData();
    std::vector<fk_method> list;
    for (const auto &bound : d->methods)
        list.push_back({bound->name.constData(), fkRunBound, bound.get(), bound->flags, {0, 0, 0}});
    list.push_back({});
    options.methods = list.data();
    options.user = this;
    options.finalize = nullptr;
    options.output = [](void *user, fk_level level, const char *text, size_t size) {
        emit static_cast<FkVm *>(user)->output(level,
                                               QByteArray(text, static_cast<qsizetype>(size)));
    };
    d->begin();
    if (!d->check(fk_vm_open(&options, &d->handle))) return false;
    d->watch();
    return true;
}

bool FkVm::close() {
    if (!d->handle) return true;
    if (d->isElsewhere() && d->isWatched())
        return fkFail(FK_INVALID, QStringLiteral("FkVm::close: this is another thread than that of "
                                                 "the FkVm, whose event loop watches the VM: use "
                                                 "QMetaObject::invokeMethod"));
    if (fk_vm_close(d->handle) == FK_BUSY) return d->check(FK_BUSY);
    d->unwatch();
    d->handle = nullptr;
    return fkKeepError(FK_OK);
}

QVariant FkVm::call(const QString &name, const QVariantList &params) {
    const Private::InCall in_call(*d);
    FkStorage storage;
    fk_value value, *result = nullptr;
    QString problem;
    if (!fkFromVariant(params, &storage, &value, &problem))
        return fkFail(FK_BAD_VALUE, problem), QVariant();
    if (!d->check(fk_vm_call(d->handle, name.toUtf8().constData(), &value, &result))) return {};
    const QVariant variant = fkToVariant(*result);
    fk_value_free(result);
    return variant;
}

bool FkVm::notify(const QString &name, const QVariantList &params) {
    const Private::InCall in_call(*d);
    FkStorage storage;
    fk_value value;
    QString problem;
    if (!fkFromVariant(params, &storage, &value, &problem)) return fkFail(FK_BAD_VALUE, problem);
    return d->check(fk_vm_notify(d->handle, name.toUtf8().constData(), &value));
}

bool FkVm::interrupt() { return d->check(fk_vm_interrupt(d->handle)); }
