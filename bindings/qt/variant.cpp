// SPDX-License-Identifier: MIT
// QVariant <-> fk_value.
#include "fkqt.h"

#include <QAssociativeIterable>

#include <deque>
#include <limits>
#include <vector>

struct FkStorage::Blocks {
    std::deque<QByteArray> texts;
    std::deque<std::vector<fk_value>> items;
    std::deque<std::vector<fk_member>> members;
};

FkStorage::FkStorage() : blocks_(std::make_unique<Blocks>()) {}
FkStorage::~FkStorage() = default;

struct FkBuilder {
    FkStorage::Blocks &blocks;
    QString *problem;

    static FkBuilder on(FkStorage *storage, QString *problem) {
        return {*storage->blocks_, problem};
    }

    fk_value text(QByteArray bytes) {
        const QByteArray &kept = blocks.texts.emplace_back(std::move(bytes));
        return FK_BYTES(kept.constData(), static_cast<size_t>(kept.size()));
    }

    bool list(const QVariantList &from, const QString &place, fk_value *to) {
        auto &items = blocks.items.emplace_back(static_cast<size_t>(from.size()));
        for (qsizetype i = 0; i < from.size(); i++)
            if (!build(from[i], place + QStringLiteral("[%1]").arg(i),
                       &items[static_cast<size_t>(i)]))
                return false;
        *to = FK_ITEMS(items.data(), items.size());
        return true;
    }

    template <class Map>
    bool map(const Map &from, const QString &place, fk_value *to) {
        auto &members = blocks.members.emplace_back();
        for (auto it = from.begin(); it != from.end(); ++it) {
            fk_member member{text(it.key().toUtf8()), FK_NIL};
            if (!build(it.value(), place + QLatin1Char('.') + it.key(), &member.value))
                return false;
            members.push_back(member);
        }
        *to = FK_MEMBERS(members.data(), members.size());
        return true;
    }

    bool refuse(const QString &place, const QString &why) {
        *problem = place + QStringLiteral(": ") + why;
        return false;
    }

    bool unsigned64(const QVariant &from, const QString &place, fk_value *to) {
        const quint64 n = from.toULongLong();
        if (n > static_cast<quint64>(std::numeric_limits<qint64>::max()))
            return refuse(
                place, QStringLiteral("%1 is more than a signed integer of 64 bits holds").arg(n));
        *to = FK_INT(n);
        return true;
    }

    bool build(const QVariant &from, const QString &place, fk_value *to) {
        switch (from.metaType().id()) {
        case QMetaType::UnknownType:
        case QMetaType::Nullptr:
            *to = FK_NIL;
            return true;
        case QMetaType::Bool:
            *to = FK_BOOL(from.toBool());
            return true;
        case QMetaType::Char:
        case QMetaType::SChar:
        case QMetaType::UChar:
        case QMetaType::Short:
        case QMetaType::UShort:
        case QMetaType::Int:
        case QMetaType::UInt:
        case QMetaType::Long:
        case QMetaType::LongLong:
            *to = FK_INT(from.toLongLong());
            return true;
        case QMetaType::ULong:
        case QMetaType::ULongLong:
            return unsigned64(from, place, to);
        case QMetaType::Float:
        case QMetaType::Double:
            *to = FK_DOUBLE(from.toDouble());
            return true;
        case QMetaType::QString:
            *to = text(from.toString().toUtf8());
            return true;
        case QMetaType::QByteArray:
            *to = text(from.toByteArray());
            return true;
        case QMetaType::QStringList:
        case QMetaType::QByteArrayList:
        case QMetaType::QVariantList:
            return list(from.toList(), place, to);
        case QMetaType::QVariantMap:
            return map(from.toMap(), place, to);
        case QMetaType::QVariantHash:
            return map(from.toHash(), place, to);
        default:
            return other(from, place, to);
        }
    }

    bool other(const QVariant &from, const QString &place, fk_value *to) {
        const QMetaType type = from.metaType();
        if (type.flags() & QMetaType::IsUnsignedEnumeration) return unsigned64(from, place, to);
        if (type.flags() & QMetaType::IsEnumeration) return *to = FK_INT(from.toLongLong()), true;
        if (hasTextKeys(from)) return map(from.toMap(), place, to);
        if (from.canConvert<QVariantList>()) return list(from.toList(), place, to);
        return refuse(place,
                      QStringLiteral("a %1 cannot cross to Lua").arg(QLatin1String(type.name())));
    }

    // Qt would make text of any other key.
    static bool hasTextKeys(const QVariant &from) {
        if (!from.canView<QAssociativeIterable>()) return from.canConvert<QVariantMap>();
        const QMetaType key = from.value<QAssociativeIterable>().metaContainer().keyMetaType();
        return key.id() == QMetaType::QString || key.id() == QMetaType::QByteArray;
    }
};

bool fkFromVariant(const QVariant &variant, FkStorage *storage, fk_value *value, QString *problem,
                   const QString &root) {
    return FkBuilder::on(storage, problem).build(variant, root, value);
}

namespace {

QVariantList toList(const fk_value &value) {
    QVariantList list;
    list.reserve(value.size);
    for (uint32_t i = 0; i < value.size; i++) list.append(fkToVariant(value.items[i]));
    return list;
}

QVariantMap toMap(const fk_value &value) {
    QVariantMap map;
    for (uint32_t i = 0; i < value.size; i++) {
        const fk_member &m = value.members[i];
        map.insert(QString::fromUtf8(m.name.string, m.name.size), fkToVariant(m.value));
    }
    return map;
}

} // namespace

QVariant fkToVariant(const fk_value &value) {
    switch (value.kind) {
    case FK_BOOL:
        return value.integer != 0;
    case FK_INT:
        return QVariant::fromValue<qlonglong>(value.integer);
    case FK_DOUBLE:
        return value.number;
    case FK_STRING:
        return QByteArray(value.string, value.size);
    case FK_ARRAY:
        return toList(value);
    case FK_OBJECT:
        return toMap(value);
    default:
        return QVariant::fromValue(nullptr);
    }
}
