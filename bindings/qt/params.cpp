// SPDX-License-Identifier: MIT
// One call of a host method: its params, its answer, its failure.
#include "bound.h"

#include <exception>

namespace {

[[noreturn]] void refuseParams(fk_request *request, const QString &why) {
    throw FkFailure{FK_CODE_INVALID_PARAMS,
                    QStringLiteral("invalid params: %1: %2")
                        .arg(QString::fromUtf8(fk_request_method(request)), why)};
}

fk_status replyVariant(fk_request *request, const QVariant &result) {
    FkStorage storage;
    fk_value value;
    QString problem;
    if (fkFromVariant(result, &storage, &value, &problem, QStringLiteral("result")))
        return fk_reply(request, &value);
    return fk_fail(request, FK_CODE_BAD_VALUE, problem.toUtf8().constData());
}

fk_status replyBytes(fk_request *request, const QByteArray &bytes) {
    const fk_value value = FK_BYTES(bytes.constData(), static_cast<size_t>(bytes.size()));
    return fk_reply(request, &value);
}

} // namespace

FkBound::~FkBound() = default;

FkParams::FkParams(fk_request *request, const fk_value &params) : request_(request) {
    if (params.kind == FK_ARRAY) items_ = params.items, count_ = params.size;
    if (params.kind == FK_OBJECT) items_ = &params, count_ = 1;
}

void FkParams::expectAtMost(size_t most) const {
    for (size_t i = most; i < count_; i++)
        if (items_[i].kind != FK_NULL)
            refuseParams(
                request_,
                QStringLiteral("takes at most %1 parameters, %2 came").arg(most).arg(count_));
}

// Finds the reason by converting once more: where all is well it costs nothing.
void FkParams::refuse(size_t index, QMetaType type) const {
    static constexpr fk_value missing{};
    QVariant out(type);
    FkMismatch why;
    const bool is_missing = index >= count_;
    fkConvert(is_missing ? missing : items_[index], type,
              type.id() == QMetaType::QVariant ? &out : out.data(), &why);
    if (is_missing) why.came = QStringLiteral("nothing");
    if (why.wanted.isEmpty()) why.wanted = QStringLiteral("a value");
    refuseParams(request_, QStringLiteral("parameter %1%2 must be %3, got %4")
                               .arg(index + 1)
                               .arg(why.place, why.wanted, why.came));
}

// What most host methods answer passes no QVariant.
fk_status FkParams::reply(QMetaType type, const void *result) const {
    const auto integer = [&](qlonglong n) {
        const fk_value value = FK_INT(n);
        return fk_reply(request_, &value);
    };
    switch (type.id()) {
    case QMetaType::Bool: {
        const fk_value value = FK_BOOL(*static_cast<const bool *>(result));
        return fk_reply(request_, &value);
    }
    case QMetaType::Int:
        return integer(*static_cast<const int *>(result));
    case QMetaType::LongLong:
        return integer(*static_cast<const qlonglong *>(result));
    case QMetaType::QString:
        return replyBytes(request_, static_cast<const QString *>(result)->toUtf8());
    case QMetaType::QByteArray:
        return replyBytes(request_, *static_cast<const QByteArray *>(result));
    case QMetaType::QVariant:
        return replyVariant(request_, *static_cast<const QVariant *>(result));
    default:
        return replyVariant(request_, QVariant(type, result));
    }
}

fk_status fkRunBound(void *user, fk_request *request, const fk_value *params) noexcept {
    try {
        return static_cast<FkBound *>(user)->call(request, *params);
    } catch (const FkFailure &failure) {
        return fk_fail(request, failure.code, failure.message.toUtf8().constData());
    } catch (const std::exception &e) {
        return fk_fail(request, FK_CODE_INTERNAL, e.what());
    } catch (...) {
        return fk_fail(request, FK_CODE_INTERNAL, "the host method threw");
    }
}

fk_status FkWholeList::call(fk_request *request, const fk_value &params) {
    const FkParams arrived(request, params);
    QVariantList list;
    list.reserve(static_cast<qsizetype>(arrived.count()));
    for (size_t i = 0; i < arrived.count(); i++) list.append(fkToVariant(arrived.items()[i]));
    return replyVariant(request, method(list));
}
