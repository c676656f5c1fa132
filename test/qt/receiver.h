// SPDX-License-Identifier: MIT
// An object whose slots are host methods, as a server written with Qt has them.
#pragma once

#include <QObject>
#include <QPoint>
#include <QThread>
#include <QVariant>

#include <stdexcept>

class Base : public QObject {
    Q_OBJECT

  public slots:
    int ofTheBase() { return 1; }
};

class Receiver : public Base {
    Q_OBJECT

  public:
    enum class Suit : quint8 { Spade, Heart };
    Q_ENUM(Suit)

    int conn = 0;
    QString command;
    QByteArray payload;
    QThread *thread = nullptr;

  public slots:
    void doNotify(int to, const QString &what, const QByteArray &bytes) {
        conn = to;
        command = what;
        payload = bytes;
        thread = QThread::currentThread();
    }
    QString join(const QString &a, const QString &b = QStringLiteral("default")) { return a + b; }
    QVariantMap room(qint64 id) { return {{"id", id}, {"players", QVariantList{1, 2}}}; }
    QVariant same(const QVariant &value) { return value; }
    int sum(const QVariantList &numbers) {
        int all = 0;
        for (const QVariant &number : numbers) all += number.toInt();
        return all;
    }
    int twice(int number) { return number * 2; }
    bool unsignedOnly(uint number) { return number > 0; }
    int small(signed char number) { return number; }
    quint64 large(quint64 number) { return number; }
    bool negated(bool value) { return !value; }
    QList<int> reversed(const QList<int> &numbers) { return {numbers.rbegin(), numbers.rend()}; }
    QMap<QString, int> counted(const QMap<QString, int> &counts) { return counts; }
    QStringList words(const QStringList &words) { return words; }
    Suit suit(Suit suit) { return suit == Suit::Spade ? Suit::Heart : Suit::Spade; }
    void throws() { throw std::runtime_error("the shelf is empty"); }
    QPoint point() { return {}; }
    int onPoint(const QPoint &point) { return point.x(); }

  public:
    Q_INVOKABLE double half(double number) { return number / 2; }

  signals:
    void told();

  protected slots:
    int inside() { return 1; }
};
