// SPDX-License-Identifier: MIT
// Slots as host methods.
#pragma once

#include "fkqt.h"

#include <QList>
#include <QMetaMethod>
#include <QPointer>

// The methods of one name, in the order of their declaration.
struct FkSlot {
    QPointer<QObject> receiver;
    QList<QMetaMethod> overloads;

    static FkSlot find(QObject *receiver, const char *name); // without overloads: there is none
    QVariant operator()(const QVariantList &params) const;
};
