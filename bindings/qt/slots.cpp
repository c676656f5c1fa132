// SPDX-License-Identifier: MIT
// Slots as host methods: their types are looked up when they are bound, and their arguments are
// made in place.
#include "bound.h"

#include <QMetaMethod>
#include <QVarLengthArray>

#include <algorithm>
#include <cstddef>

namespace {

size_t roundedUp(size_t size, size_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

QString unusable(const QMetaMethod &method, const QByteArray &type) {
    return QStringLiteral("%1 cannot be bound: Qt cannot make a '%2'")
        .arg(QLatin1String(method.methodSignature()), QLatin1String(type));
}

bool canMake(QMetaType type) {
    constexpr qsizetype most = alignof(std::max_align_t);
    return type.isValid() && type.sizeOf() > 0 && type.alignOf() <= most &&
           (type.iface()->defaultCtr || !(type.flags() & QMetaType::NeedsConstruction));
}

} // namespace

// The objects that a slot is called with, and the one that it answers with.
class FkSlots::Arguments {
  public:
    explicit Arguments(const Overload &overload) : overload_(overload) {
        if (overload.room > sizeof inside_) outside_ = std::make_unique<char[]>(overload.room);
        pointers_.append(nullptr);
        if (overload.result.id() != QMetaType::Void) pointers_[0] = make(overload.result, 0);
        for (size_t i = 0; i < overload.params.size(); i++)
            pointers_.append(make(overload.params[i], overload.at[i]));
    }
    Arguments(const Arguments &) = delete;
    ~Arguments() {
        for (qsizetype i = pointers_.size(); i-- > 1;)
            overload_.params[static_cast<size_t>(i) - 1].destruct(pointers_[i]);
        if (pointers_[0]) overload_.result.destruct(pointers_[0]);
    }

    void **data() { return pointers_.data(); }

  private:
    void *make(QMetaType type, size_t at) {
        return type.construct((outside_ ? outside_.get() : inside_) + at);
    }

    const Overload &overload_;
    alignas(std::max_align_t) char inside_[512];
    std::unique_ptr<char[]> outside_;
    QVarLengthArray<void *, 12> pointers_;
};

bool FkSlots::describe(const QMetaObject *meta, int index, Overload *overload, QString *problem) {
    const QMetaMethod method = meta->method(index);
    *overload = {index, method.returnMetaType(), {}, {}, 0};
    const bool answers = overload->result.id() != QMetaType::Void;
    if (answers && !canMake(overload->result))
        return *problem = unusable(method, method.typeName()), false;
    if (answers) overload->room = static_cast<size_t>(overload->result.sizeOf());
    for (int i = 0; i < method.parameterCount(); i++) {
        const QMetaType type = method.parameterMetaType(i);
        if (!canMake(type)) return *problem = unusable(method, method.parameterTypes()[i]), false;
        overload->params.push_back(type);
        overload->at.push_back(roundedUp(overload->room, static_cast<size_t>(type.alignOf())));
        overload->room = overload->at.back() + static_cast<size_t>(type.sizeOf());
    }
    return true;
}

std::unique_ptr<FkSlots> FkSlots::find(QObject *receiver, const char *name, QString *problem) {
    auto found = std::make_unique<FkSlots>();
    found->receiver_ = receiver;
    const QMetaObject *meta = receiver->metaObject();
    *problem = QStringLiteral("%1 has no slot and no Q_INVOKABLE '%2'")
                   .arg(QLatin1String(meta->className()), QLatin1String(name));
    for (int i = 0; i < meta->methodCount(); i++) {
        Overload overload;
        if (meta->method(i).name() == name && describe(meta, i, &overload, problem))
            found->overloads_.push_back(std::move(overload));
    }
    return found->overloads_.empty() ? nullptr : std::move(found);
}

// Lua's nil at the end is as good as none, where a slot does without.
const FkSlots::Overload &FkSlots::choose(const FkParams &params) const {
    size_t count = params.count();
    while (count > 0 && !params.has(count - 1)) count--;
    for (; count <= params.count(); count++)
        for (const Overload &overload : overloads_)
            if (overload.params.size() == count) return overload;
    size_t most = 0;
    for (const Overload &overload : overloads_) most = std::max(most, overload.params.size());
    params.expectAtMost(most);
    return overloads_.front(); // which names the first that is missing
}

fk_status FkSlots::invoke(const Overload &overload, const FkParams &params) const {
    Arguments arguments(overload);
    void **const data = arguments.data();
    for (size_t i = 0; i < overload.params.size(); i++)
        params.take(i, overload.params[i], data[i + 1]);
    QMetaObject::metacall(receiver_, QMetaObject::InvokeMetaMethod, overload.index, data);
    return data[0] ? params.reply(overload.result, data[0]) : FK_OK;
}

fk_status FkSlots::call(fk_request *request, const fk_value &params) {
    if (!receiver_)
        throw FkFailure{FK_CODE_INTERNAL, QStringLiteral("the receiver of this method is gone")};
    const FkParams arrived(request, params);
    return invoke(choose(arrived), arrived);
}
