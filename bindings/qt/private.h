// SPDX-License-Identifier: MIT
// What a FkVm keeps: its methods, its VM, and how the event loop of its thread watches that.
#pragma once

#include "bound.h"

#include <QSocketNotifier>
#include <QThread>
#include <QTimer>

#include <atomic>

// Keeps what went wrong for FkVm::error(). Returns whether nothing did.
bool fkKeepError(fk_status status);
bool fkFail(fk_status status, const QString &text);

class FkVm::Private {
  public:
    explicit Private(FkVm *owner) : vm(owner) {}

    // While a call is under way nobody tidies up, and who deletes the FkVm waits.
    class InCall {
      public:
        explicit InCall(Private &p) : p_(p) { p.calls_.fetch_add(1, std::memory_order_acquire); }
        InCall(const InCall &) = delete;
        ~InCall();

      private:
        Private &p_;
    };

    void add(const QString &name, std::unique_ptr<FkBound> bound);
    bool isBound(const QByteArray &name) const;
    bool check(fk_status status); // keeps an error, and hears of a death

    bool describeGlobals(QByteArray *json) const;
    void begin(); // of another VM
    void watch();
    void unwatch();
    bool isWatched() const { return notifier_ || timer_; }
    void moves(); // to another thread, from this one

    bool isElsewhere() const; // is this another thread, while the FkVm's own runs?
    void endCalls() const;    // waits for those of other threads

    FkVm *const vm;
    std::vector<std::unique_ptr<FkBound>> methods;
    QVariantMap globals;
    fk_vm *handle = nullptr;

  private:
    void later(void (Private::*work)());
    void listen(); // to a child
    void watchAgain();
    void tidy(); // an embedded VM
    void goOnTidying();
    void announceDeath();
    void arrive(); // in another thread

    int opened_ = 0; // how often: an event of an earlier VM is none of this one
    QSocketNotifier *notifier_ = nullptr;
    QTimer *timer_ = nullptr;
    QMetaObject::Connection finishing_;
    std::atomic<int> calls_{0};
    std::atomic<bool> dead_{false};
    std::atomic<bool> waiting_{false}; // the notifier is off until another thread's call ends
    std::atomic<bool> resting_{false}; // the timer is off until a call ends
};
