// SPDX-License-Identifier: MIT
// An object whose slots are host methods, as a server written with Qt has them.
#pragma once

#include <QObject>
#include <QPoint>
#include <QThread>
#include <QVariant>

#include <stdexcept>

class Receiver : public QObject {
    Q_OBJECT

  public:
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
    bool unsignedOnly(uint number) { return number > 0; }
    void throws() { throw std::runtime_error("the shelf is empty"); }
    QPoint point() { return {}; }

  public:
    Q_INVOKABLE double half(double number) { return number / 2; }
};
