// SPDX-License-Identifier: MIT
// Slots as host methods: params converted to a signature, and the invocation.
#include "slot.h"

#include <array>

namespace {

[[noreturn]] void refuse(const QMetaMethod &slot, const QString &why) {
    throw FkVm::Failure{
        FK_CODE_INVALID_PARAMS,
        QStringLiteral("invalid params: %1: %2").arg(QLatin1String(slot.methodSignature()), why)};
}

// QVariant would cut an integer to the size of its new type.
bool keepsInteger(const QVariant &from, const QVariant &to) {
    if (from.typeId() != QMetaType::LongLong) return true;
    switch (to.typeId()) {
    case QMetaType::UChar:
    case QMetaType::UShort:
    case QMetaType::UInt:
    case QMetaType::ULong:
    case QMetaType::ULongLong:
        return from.toLongLong() >= 0 && to.toULongLong() == from.toULongLong();
    case QMetaType::Char:
    case QMetaType::SChar:
    case QMetaType::Short:
    case QMetaType::Int:
    case QMetaType::Long:
        return to.toLongLong() == from.toLongLong();
    default:
        return true;
    }
}

QVariantList convert(const QMetaMethod &slot, QVariantList params) {
    for (qsizetype i = 0; i < params.size(); i++) {
        const QMetaType type = slot.parameterMetaType(static_cast<int>(i));
        if (type.id() == QMetaType::QVariant) continue;
        QVariant made = params[i];
        if (!made.convert(type) || !keepsInteger(params[i], made))
            refuse(slot, QStringLiteral("parameter %1, a %2, cannot become %3")
                             .arg(i + 1)
                             .arg(QLatin1String(params[i].typeName()), QLatin1String(type.name())));
        params[i] = std::move(made);
    }
    return params;
}

constexpr int mostParameters = 10; // of QMetaMethod::invoke

// Invokes a slot with parameters converted to its signature.
QVariant invoke(QObject *receiver, const QMetaMethod &slot, const QVariantList &params) {
    const QVariantList converted = convert(slot, params);
    std::array<QGenericArgument, mostParameters> a;
    for (qsizetype i = 0; i < converted.size(); i++) {
        const QMetaType type = slot.parameterMetaType(static_cast<int>(i));
        const void *data =
            type.id() == QMetaType::QVariant ? &converted[i] : converted[i].constData();
        a[static_cast<size_t>(i)] = QGenericArgument(type.name(), data);
    }
    const QMetaType type = slot.returnMetaType();
    const bool isVoid = type.id() == QMetaType::Void, isVariant = type.id() == QMetaType::QVariant;
    QVariant result = isVoid || isVariant ? QVariant() : QVariant(type);
    void *out = isVariant ? static_cast<void *>(&result) : result.data();
    const auto into = isVoid ? QGenericReturnArgument() : QGenericReturnArgument(type.name(), out);
    if (!slot.invoke(receiver, Qt::DirectConnection, into, a[0], a[1], a[2], a[3], a[4], a[5], a[6],
                     a[7], a[8], a[9]))
        throw FkVm::Failure{FK_CODE_INTERNAL, QStringLiteral("Qt could not invoke ") +
                                                  QLatin1String(slot.methodSignature())};
    return result;
}

} // namespace

FkSlot FkSlot::find(QObject *receiver, const char *name) {
    FkSlot found{receiver, {}};
    const QMetaObject *meta = receiver->metaObject();
    for (int i = 0; i < meta->methodCount(); i++) {
        const QMetaMethod method = meta->method(i);
        if (method.name() == name && method.parameterCount() <= mostParameters)
            found.overloads.append(method);
    }
    return found;
}

QVariant FkSlot::operator()(const QVariantList &params) const {
    if (!receiver)
        throw FkVm::Failure{FK_CODE_INTERNAL,
                            QStringLiteral("the receiver of this method is gone")};
    for (const QMetaMethod &slot : overloads)
        if (slot.parameterCount() == params.size()) return invoke(receiver, slot, params);
    refuse(overloads.first(), QStringLiteral("takes %1 parameters, %2 came")
                                  .arg(overloads.first().parameterCount())
                                  .arg(params.size()));
}
