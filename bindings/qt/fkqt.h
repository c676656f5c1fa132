// SPDX-License-Identifier: MIT
/*
 * fkqt.h - fkvm for Qt programs: QVariant both ways, host methods as lambdas or slots.
 *
 * Conventions
 *   Values    null <-> FK_NULL, bool, every integer type <-> FK_INT, float and double <->
 * FK_DOUBLE, QString and QByteArray -> FK_STRING, QVariantList and QStringList <-> FK_ARRAY,
 *             QVariantMap and QVariantHash -> FK_OBJECT. A string from Lua arrives as QByteArray,
 * since it may be any bytes; QVariant::toString() reads it as UTF-8. An object arrives as
 * QVariantMap. Anything else, and a quint64 beyond 64 signed bits, cannot cross: the call fails.
 *   Threads   A FkVm lives in one thread, like any QObject: bind, open, close and delete it there
 * (from another thread by QMetaObject::invokeMethod or deleteLater). call(), notify() and
 * interrupt() may be used from any thread while it is open; host methods and output() run on the
 * thread that calls. Errors    Functions return false or an invalid QVariant; error() and
 * errorText() have the reason. Closing   Not inside a host method of its own: close() fails there,
 * and deleting must wait (deleteLater).
 */
#pragma once

#include <fk_vm.h>

#include <QObject>
#include <QStringList>
#include <QVariant>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

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
    // A slot or Q_INVOKABLE of receiver, by its name. The params are converted to the types of its
    // signature as QVariant does, but no integer is cut; of several with that name the first with
    // as many parameters is taken, so default arguments work. It runs on the thread that calls,
    // wherever receiver lives. False: receiver has no such method. Once receiver is gone the script
    // gets an error.
    bool bind(const QString &name, QObject *receiver, const char *slot);

    // Opens the VM. options may set anything but methods, output, user and finalize; NULL:
    // defaults.
    bool open(const QString &script, const QString &directory = {},
              const fk_vm_options *options = nullptr);
    bool isOpen() const { return vm_ != nullptr; }
    bool close();

    // Calls a global Lua function. An invalid QVariant means failure; a function that returns
    // nothing gives a null of QMetaType::Nullptr, which is valid.
    QVariant call(const QString &name, const QVariantList &params = {});
    bool notify(const QString &name, const QVariantList &params = {});
    bool interrupt(); // from any thread

    // What the calling thread's latest function of any FkVm said, the text with the Lua traceback.
    static fk_status error();
    static QString errorText();
    fk_vm *handle() const { return vm_; }

  signals:
    void output(int level, const QByteArray &line); // enum fk_level
    // Once, from the event loop of its thread, whether a call or the loop noticed. Not after
    // close().
    void died(const QString &reason);

  private:
    struct Bound;

    bool check(fk_status status);
    bool leaveCall(fk_status status);
    void announceDeath();
    void poll();
    void watch();
    void watchAgain();
    void unwatch();

    std::vector<std::unique_ptr<Bound>> methods_;
    fk_vm *vm_ = nullptr;
    QSocketNotifier *notifier_ = nullptr;
    int opened_ = 0; // how often: an event of an earlier VM is none of this one
    std::atomic<bool> dead_{false}, waiting_{false};
};

// The conversions alone. fkFromVariant fills *storage, which must live as long as the value; false:
// what cannot cross is named in *problem, as a place in root.
class FkStorage;
QVariant fkToVariant(const fk_value &value);
bool fkFromVariant(const QVariant &variant, FkStorage *storage, fk_value *value, QString *problem,
                   const QString &root = QStringLiteral("params"));

class FkStorage {
  public:
    FkStorage();
    ~FkStorage();

  private:
    friend struct FkBuilder;
    struct Blocks;
    std::unique_ptr<Blocks> blocks_;
};
