// SPDX-License-Identifier: MIT
// fk_value to the types of slots and lambdas: nothing is cut, rounded or taken for something else.
#include "fkqt.h"

#include <QAssociativeIterable>
#include <QSequentialIterable>

#include <limits>

namespace {

QString counted(const char *what, uint32_t size, const char *unit) {
    return QStringLiteral("%1 of %2 %3%4")
        .arg(QLatin1String(what))
        .arg(size)
        .arg(QLatin1String(unit), QLatin1String(size == 1 ? "" : "s"));
}

QString described(const fk_value &value) {
    switch (value.kind) {
    case FK_NULL:
        return QStringLiteral("null");
    case FK_BOOL:
        return value.integer ? QStringLiteral("true") : QStringLiteral("false");
    case FK_INT:
        return QStringLiteral("the integer %1").arg(value.integer);
    case FK_DOUBLE:
        return QStringLiteral("the float %1").arg(value.number, 0, 'g', 17);
    case FK_STRING:
        return counted("a string", value.size, "byte");
    case FK_ARRAY:
        return counted("an array", value.size, "item");
    default:
        return counted("an object", value.size, "member");
    }
}

// One value that is to become an object of one type.
struct Conversion {
    const fk_value &value;
    QMetaType type;
    void *out;
    FkMismatch *why;

    bool refuse(const QString &wanted) const {
        if (why) *why = {{}, wanted, described(value)};
        return false;
    }

    bool refuse() const { return refuse(QStringLiteral("a ") + QLatin1String(type.name())); }

    template <class T>
    bool is(bool fits, T made, const char *wanted) const {
        if (!fits) return refuse(QLatin1String(wanted));
        *static_cast<T *>(out) = std::move(made);
        return true;
    }

    template <class T>
    bool integer() const {
        using Limits = std::numeric_limits<T>;
        const bool fits =
            value.kind == FK_INT &&
            (std::is_signed_v<T> ? value.integer >= static_cast<int64_t>(Limits::min()) &&
                                       value.integer <= static_cast<int64_t>(Limits::max())
                                 : value.integer >= 0 && static_cast<uint64_t>(value.integer) <=
                                                             static_cast<uint64_t>(Limits::max()));
        return is(fits, static_cast<T>(value.integer),
                  sizeof(T) == 8   ? "an integer"
                  : sizeof(T) == 4 ? "an integer of 32 bits"
                  : sizeof(T) == 2 ? "an integer of 16 bits"
                                   : "an integer of 8 bits");
    }

    template <class T>
    bool number() const {
        const double n = value.kind == FK_INT ? static_cast<double>(value.integer) : value.number;
        return is(value.kind == FK_DOUBLE || value.kind == FK_INT, static_cast<T>(n), "a number");
    }

    bool text() const {
        const QUtf8StringView utf8(value.string, value.kind == FK_STRING ? value.size : 0);
        if (value.kind != FK_STRING || !utf8.isValidUtf8())
            return refuse(QStringLiteral("a string of UTF-8"));
        *static_cast<QString *>(out) = utf8.toString();
        return true;
    }

    bool bytes() const {
        if (value.kind != FK_STRING) return refuse(QStringLiteral("a string"));
        *static_cast<QByteArray *>(out) = QByteArray(value.string, value.size);
        return true;
    }

    // The empty table of a script may be meant as either.
    bool isTable(fk_kind kind) const {
        return value.kind == kind ||
               (value.size == 0 && (value.kind == FK_ARRAY || value.kind == FK_OBJECT));
    }

    template <class T>
    bool table(fk_kind kind) const {
        if (!isTable(kind)) return refuse(kind == FK_ARRAY ? "an array" : "an object");
        *static_cast<T *>(out) = fkToVariant(value).value<T>();
        return true;
    }

    bool part(const fk_value &from, QMetaType to, void *into, const QString &place) const {
        if (fkConvert(from, to, into, why)) return true;
        if (why) why->place.prepend(place);
        return false;
    }

    bool sequence() const;
    bool association() const;
    bool enumeration() const;
    bool byQt() const;
    bool other() const;
    bool convert() const;
};

bool Conversion::sequence() const {
    QSequentialIterable view;
    QMetaType::view(type, out, QMetaType::fromType<QSequentialIterable>(), &view);
    const QMetaSequence items = view.metaContainer();
    if (!isTable(FK_ARRAY)) return refuse(QStringLiteral("an array"));
    for (uint32_t i = 0; i < value.size; i++) {
        QVariant item(items.valueMetaType());
        if (!part(value.items[i], items.valueMetaType(), item.data(),
                  QStringLiteral("[%1]").arg(i)))
            return false;
        items.addValue(out, item.constData());
    }
    return true;
}

bool Conversion::association() const {
    QAssociativeIterable view;
    QMetaType::view(type, out, QMetaType::fromType<QAssociativeIterable>(), &view);
    const QMetaAssociation members = view.metaContainer();
    if (!isTable(FK_OBJECT)) return refuse(QStringLiteral("an object"));
    for (uint32_t i = 0; i < value.size; i++) {
        const fk_member &member = value.members[i];
        const QString place =
            QLatin1Char('.') + QString::fromUtf8(member.name.string, member.name.size);
        QVariant key(members.keyMetaType()), mapped(members.mappedMetaType());
        if (!part(member.name, members.keyMetaType(), key.data(), place) ||
            !part(member.value, members.mappedMetaType(), mapped.data(), place))
            return false;
        members.setMappedAtKey(out, key.constData(), mapped.constData());
    }
    return true;
}

bool Conversion::enumeration() const {
    const bool is_unsigned = type.flags() & QMetaType::IsUnsignedEnumeration;
    switch (type.sizeOf()) {
    case 1:
        return is_unsigned ? integer<uint8_t>() : integer<int8_t>();
    case 2:
        return is_unsigned ? integer<uint16_t>() : integer<int16_t>();
    case 4:
        return is_unsigned ? integer<uint32_t>() : integer<int32_t>();
    default:
        return is_unsigned ? integer<uint64_t>() : integer<int64_t>();
    }
}

// A type of Qt or of the program, from what is no number: of numbers Qt would cut some.
bool Conversion::byQt() const {
    const QVariant from = fkToVariant(value);
    const bool is_number = value.kind == FK_BOOL || value.kind == FK_INT || value.kind == FK_DOUBLE;
    const bool may =
        value.kind != FK_NULL &&
        (!is_number || QMetaType::hasRegisteredConverterFunction(from.metaType(), type));
    return (may && QMetaType::convert(from.metaType(), from.constData(), type, out)) || refuse();
}

bool Conversion::other() const {
    if (type.flags() & QMetaType::IsEnumeration) return enumeration();
    if (QMetaType::canView(type, QMetaType::fromType<QSequentialIterable>())) return sequence();
    if (QMetaType::canView(type, QMetaType::fromType<QAssociativeIterable>())) return association();
    return byQt();
}

bool Conversion::convert() const {
    switch (type.id()) {
    case QMetaType::Bool:
        return is(value.kind == FK_BOOL, value.integer != 0, "a bool");
    case QMetaType::Char:
        return integer<char>();
    case QMetaType::SChar:
        return integer<signed char>();
    case QMetaType::UChar:
        return integer<uchar>();
    case QMetaType::Short:
        return integer<short>();
    case QMetaType::UShort:
        return integer<ushort>();
    case QMetaType::Int:
        return integer<int>();
    case QMetaType::UInt:
        return integer<uint>();
    case QMetaType::Long:
        return integer<long>();
    case QMetaType::ULong:
        return integer<ulong>();
    case QMetaType::LongLong:
        return integer<qlonglong>();
    case QMetaType::ULongLong:
        return integer<qulonglong>();
    case QMetaType::Float:
        return number<float>();
    case QMetaType::Double:
        return number<double>();
    case QMetaType::QString:
        return text();
    case QMetaType::QByteArray:
        return bytes();
    case QMetaType::QVariant:
        return *static_cast<QVariant *>(out) = fkToVariant(value), true;
    case QMetaType::QVariantList:
        return table<QVariantList>(FK_ARRAY);
    case QMetaType::QVariantMap:
        return table<QVariantMap>(FK_OBJECT);
    case QMetaType::Nullptr:
        return is(value.kind == FK_NULL, nullptr, "null");
    default:
        return other();
    }
}

} // namespace

bool fkConvert(const fk_value &value, QMetaType type, void *out, FkMismatch *why) {
    return Conversion{value, type, out, why}.convert();
}
