// SPDX-License-Identifier: MIT
// Host methods that no template makes: those that take all params, and slots.
#pragma once

#include "fkqt.h"

#include <QPointer>

#include <vector>

// The fk_host_fn of every FkBound, to which user points.
fk_status fkRunBound(void *user, fk_request *request, const fk_value *params) noexcept;

struct FkWholeList final : FkBound {
    explicit FkWholeList(FkVm::Method m) : method(std::move(m)) {}
    fk_status call(fk_request *request, const fk_value &params) override;

    FkVm::Method method;
};

// The methods of one name, in the order of their declaration.
class FkSlots final : public FkBound {
  public:
    // nullptr: there is none that could be called, and *problem says why.
    static std::unique_ptr<FkSlots> find(QObject *receiver, const char *name, QString *problem);

    fk_status call(fk_request *request, const fk_value &params) override;

  private:
    // What Qt would look up in each call.
    struct Overload {
        int index; // in the receiver's class
        QMetaType result;
        std::vector<QMetaType> params;
        std::vector<size_t> at; // in the room for all of them
        size_t room;
    };
    class Arguments;

    static bool describe(const QMetaObject *meta, int index, Overload *overload, QString *problem);
    const Overload &choose(const FkParams &params) const;
    fk_status invoke(const Overload &overload, const FkParams &params) const;

    QPointer<QObject> receiver_;
    std::vector<Overload> overloads_;
};
