// SPDX-License-Identifier: MIT
// The receiver of bench_qt, whose slot is a host method.
#pragma once

#include <QObject>

struct Received {
    int conn = 0;
    qsizetype bytes = 0;
};
inline Received received;

class Receiver : public QObject {
    Q_OBJECT

  public slots:
    void notify(int conn, const QString &command, const QByteArray &payload) {
        received.conn = conn;
        received.bytes += command.size() + payload.size();
    }
};
