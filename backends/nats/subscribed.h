// SPDX-License-Identifier: MIT
// A subscription of libnats that can be ended: from then on nothing comes any more.
#pragma once

#include "base/signal_mask.h"
#include "connection.h"

#include <nats/nats.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

namespace fkvm {

class Subscribed final {
  public:
    Subscribed(std::string subject, const char *queue, size_t common, OnMessage on_message)
        : subject_(std::move(subject)), queue_(queue), common_(common),
          on_message_(std::move(on_message)) {}

    natsStatus start(natsConnection *connection) {
        if (subscription_) return NATS_OK;
        const AllSignalsBlocked blocked; // they are the server's, not this thread's
        ended_ = false;
        const natsStatus status =
            queue_ ? natsConnection_QueueSubscribe(&subscription_, connection, subject_.c_str(),
                                                   queue_, came, this)
                   : natsConnection_Subscribe(&subscription_, connection, subject_.c_str(), came,
                                              this);
        if (status != NATS_OK) return status;
        natsSubscription_SetPendingLimits(subscription_, -1, -1); // the windows bound them
        tells_ = natsSubscription_SetOnCompleteCB(subscription_, completed, this) == NATS_OK;
        return NATS_OK;
    }

    // When it returns, nothing comes any more.
    void end() noexcept {
        if (!subscription_) return;
        natsSubscription_Unsubscribe(subscription_);
        std::unique_lock lock(mutex_);
        if (tells_)
            ended_now_.wait(lock, [&] { return ended_; });
        else // the connection went in that moment: its thread is about to end
            ended_now_.wait_for(lock, std::chrono::seconds(1));
        lock.unlock();
        natsSubscription_Destroy(subscription_);
        subscription_ = nullptr;
    }

  private:
    static void came(natsConnection *, natsSubscription *, natsMsg *message, void *closure) {
        const Subscribed &self = *static_cast<Subscribed *>(closure);
        const char *reply = natsMsg_GetReply(message);
        std::string_view subject = natsMsg_GetSubject(message);
        subject.remove_prefix(std::min(self.common_, subject.size()));
        self.on_message_(
            {subject,
             reply ? reply : "",
             {natsMsg_GetData(message), static_cast<size_t>(natsMsg_GetDataLength(message))},
             natsMsg_IsNoResponders(message)});
        natsMsg_Destroy(message);
    }
    static void completed(void *closure) {
        Subscribed &self = *static_cast<Subscribed *>(closure);
        const std::lock_guard lock(self.mutex_);
        self.ended_ = true;
        self.ended_now_.notify_all();
    }

    const std::string subject_;
    const char *const queue_;
    const size_t common_;
    const OnMessage on_message_;
    natsSubscription *subscription_ = nullptr;
    std::mutex mutex_;
    std::condition_variable ended_now_;
    bool ended_ = false, tells_ = false;
};

} // namespace fkvm
