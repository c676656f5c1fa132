// SPDX-License-Identifier: MIT
/*
 * fkqt.h - fkvm for Qt 6 programs in C++17 or later: QVariant both ways, host methods as lambdas or
 * slots.
 *
 * Conventions
 *   Values    null <-> FK_NULL, bool, every integer type <-> FK_INT, float and double <->
 *             FK_DOUBLE, QString and QByteArray -> FK_STRING, lists <-> FK_ARRAY, maps with QString
 *             keys and QVariantHash -> FK_OBJECT. A string from Lua arrives in a QVariant as
 *             QByteArray, since it may be any bytes; QVariant::toString() reads it as UTF-8. An
 *             object arrives as QVariantMap. Anything else, and a quint64 beyond 64 signed bits,
 *             cannot cross: the call fails.
 *   Params    of host methods arrive as the types that a lambda or slot declares, or the script
 *             gets "invalid params" that names the first which does not fit. Nothing is converted
 *             that would change: an integer type takes an integer in its range, so neither 7.0 nor
 *             true nor "7"; a double takes any number, a bool a boolean, QString UTF-8, QByteArray
 *             any string. QList<T>, QMap<QString, T> and their like hold to the same for each item.
 *             QVariant takes anything.
 *   Threads   A FkVm lives in one thread, like any QObject: bind, open, close and delete it there
 *             (from another thread by QMetaObject::invokeMethod or deleteLater). call(), notify()
 *             and interrupt() may be used from any thread while it is open; host methods and
 *             output() run on the thread that calls.
 *   Deleting  In its own thread, or in any thread once that one has ended (QThread::wait()). A call
 *             of another thread is interrupted and waited for. In another thread while its own
 *             runs, or inside one of its own callbacks, deleting ends the program with a message
 *             (qFatal): use deleteLater().
 *   Errors    Functions return false or an invalid QVariant; error() and errorText() have the
 *             reason.
 *   Events    The event loop of its thread notices what a child says between calls, and its death.
 *             While an embedded VM has garbage of former calls it is polled every 100 ms, never
 *             during a call.
 */
#pragma once

#include <fkqt_bind.h>

#include <QObject>
#include <QStringList>

#include <functional>
#include <memory>

class FkVm : public QObject {
    Q_OBJECT

  public:
    using Failure = FkFailure;
    // A host method that takes its params as they come.
    using Method = std::function<QVariant(const QVariantList &params)>;

    explicit FkVm(QObject *parent = nullptr);
    ~FkVm() override; // closes

    // Host methods, to be bound before open(). "*" takes all others. A callable is a function, or
    // an object with one operator(). Missing params, and null, fit std::optional only. A first
    // fk::Each<int> takes the first param of many calls that differ in nothing else
    // (fk/each.hpp). A fk_request * among its parameters gets the request. What it returns, if
    // anything, is the answer.
    template <class F>
    std::enable_if_t<FkDetail::isTyped<F>> bind(const QString &name, F callable) {
        add(name, std::make_unique<FkDetail::Callable<F>>(std::move(callable)));
    }
    // Also of a lambda whose one parameter is a QVariantList: it gets all params.
    void bind(const QString &name, Method method);
    // A slot or Q_INVOKABLE of receiver, by its name. Of several with that name the first with as
    // many parameters is taken, so default arguments work. It runs on the thread that calls,
    // wherever receiver lives. False: receiver has no such method. Once receiver is gone the
    // script gets an error.
    bool bind(const QString &name, QObject *receiver, const char *slot);
    // All public slots and Q_INVOKABLEs that the class of receiver declares itself, each as
    // prefix and its name. Names that are bound already stay as they are. Returns those that are
    // bound now.
    QStringList bindAll(QObject *receiver, const QString &prefix = {});

    // A global variable that the script finds when it loads; to be set before open().
    void setGlobal(const QString &name, const QVariant &value);

    // Opens the VM. options may set anything but methods, output, user and finalize, and globals if
    // there is no setGlobal(); NULL: defaults.
    bool open(const QString &script, const QString &directory = {},
              const fk_vm_options *options = nullptr);
    bool isOpen() const { return handle() != nullptr; }
    bool close();

    // Calls a global Lua function. An invalid QVariant means failure; a function that returns
    // nothing gives a null of QMetaType::Nullptr, which is valid.
    QVariant call(const QString &name, const QVariantList &params = {});
    bool notify(const QString &name, const QVariantList &params = {});
    bool interrupt(); // from any thread

    // What the calling thread's latest function of any FkVm said, the text with the Lua traceback.
    static fk_status error();
    static QString errorText();
    fk_vm *handle() const;

  signals:
    // A line that is printed, or a whole record of another level, which may hold newlines.
    void output(int level, const QByteArray &text); // enum fk_level
    // Once, from the event loop of its thread, whether a call or the loop noticed. Not after
    // close().
    void died(const QString &reason);

  protected:
    bool event(QEvent *event) override;

  private:
    class Private;

    void add(const QString &name, std::unique_ptr<FkBound> bound);

    std::unique_ptr<Private> d;
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
