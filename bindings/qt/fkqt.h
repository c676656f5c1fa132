// SPDX-License-Identifier: MIT
/*
 * fkqt.h - fkvm for Qt programs: QVariant both ways, host methods as lambdas or slots.
 *
 * Conventions
 *   Values    null <-> FK_NULL, bool, every integer type <-> FK_INT, float and double <-> FK_DOUBLE,
 *             QString and QByteArray -> FK_STRING, QVariantList and QStringList <-> FK_ARRAY,
 *             QVariantMap and QVariantHash -> FK_OBJECT. A string from Lua arrives as QByteArray, since
 *             it may be any bytes; QVariant::toString() reads it as UTF-8. An object arrives as QVariantMap.
 *             Anything else, and a quint64 beyond 64 signed bits, cannot cross: the call fails.
 *   Threads   A FkVm belongs to the thread it lives in (QObject::moveToThread before open). call() may
 *             be used from any thread; host methods run on the thread that calls.
 *   Errors    Functions return false or an invalid QVariant; error() and errorText() have the reason.
 */
#pragma once

#include <fk_vm.h>

#include <QObject>
#include <QStringList>
#include <QVariant>

#include <functional>
#include <memory>

class QSocketNotifier;

class FkVm : public QObject {
    Q_OBJECT

  public:
    // What a host method may answer: a value, or throw FkVm::Failure.
    using Method = std::function<QVariant(const QVariantList &params)>;

    struct Failure {
        int code = FK_CODE_INTERNAL;
        QString message;
    };

    explicit FkVm(QObject *parent = nullptr);
    ~FkVm() override; // closes

    // Host methods, to be bound before open(). "*" takes all others.
    void bind(const QString &name, Method method);
    // A slot or Q_INVOKABLE of receiver; the parameters are converted to the types of its signature.
    // False: receiver has no such method. receiver must outlive the VM.
    bool bind(const QString &name, QObject *receiver, const char *slot);

    // Opens the VM. options may set anything but methods, output, user and finalize; NULL: defaults.
    bool open(const QString &script, const QString &directory = {}, const fk_vm_options *options = nullptr);
    bool isOpen() const { return vm_ != nullptr; }
    bool close();

    // Calls a global Lua function. An invalid QVariant means failure; a function that returns nothing
    // gives a null of QMetaType::Nullptr, which is valid.
    QVariant call(const QString &name, const QVariantList &params = {});
    bool notify(const QString &name, const QVariantList &params = {});
    bool interrupt(); // from any thread

    fk_status error() const { return error_; }      // of this object's latest function
    QString errorText() const { return errorText_; } // with the Lua traceback
    fk_vm *handle() const { return vm_; }

  signals:
    void output(int level, const QByteArray &line); // enum fk_level
    void died(const QString &reason);               // noticed between calls, by the event loop

  private:
    struct Bound;

    bool check(fk_status status);
    void poll();
    void watch();

    std::vector<std::unique_ptr<Bound>> methods_;
    fk_vm *vm_ = nullptr;
    QSocketNotifier *notifier_ = nullptr;
    fk_status error_ = FK_OK;
    QString errorText_;
};

// The conversions alone. fromVariant fills *storage, which must live as long as the value; false: what
// cannot cross is named in *problem.
class FkStorage;
QVariant fkToVariant(const fk_value &value);
bool fkFromVariant(const QVariant &variant, FkStorage *storage, fk_value *value, QString *problem);

class FkStorage {
  public:
    FkStorage();
    ~FkStorage();

  private:
    friend struct FkBuilder;
    struct Blocks;
    std::unique_ptr<Blocks> blocks_;
};
