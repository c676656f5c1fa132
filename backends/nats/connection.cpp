// SPDX-License-Identifier: MIT
#include "connection.h"

#include "base/signal_mask.h"

#include <nats/nats.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace fkvm {
namespace {

constexpr int64_t reconnect_ms = 50, ping_ms = 500, connect_ms = 2000, flush_ms = 200;
constexpr int kept_while_away = 32 << 20; // bytes that libnats keeps between two connections

template <auto Destroy>
struct By {
    template <class T>
    void operator()(T *object) const noexcept {
        Destroy(object);
    }
};
using Options = std::unique_ptr<natsOptions, By<natsOptions_Destroy>>;

std::string last_problem(natsStatus status) {
    const char *more = nats_GetLastError(nullptr);
    std::string text = natsStatus_GetText(status);
    if (more && *more) text += std::string(" (") + more + ")";
    return text;
}

// Sets one option after the other, up to the first that fails.
class Setting {
  public:
    template <class Set>
    Setting &operator()(bool wanted, Set set) {
        if (wanted && status_ == NATS_OK) status_ = set();
        return *this;
    }
    natsStatus status() const noexcept { return status_; }

  private:
    natsStatus status_ = NATS_OK;
};

void on_reconnected(natsConnection *, void *closure) {
    (*static_cast<std::function<void()> *>(closure))();
}

} // namespace

struct NatsConnection::Library {
    std::function<void()> on_reconnect;
    std::mutex mutex;
    std::condition_variable closed_now;
    bool is_closed = true;
    natsConnection *connection = nullptr;

    static void closed(natsConnection *, void *closure) {
        Library &self = *static_cast<Library *>(closure);
        const std::lock_guard lock(self.mutex);
        self.is_closed = true;
        self.closed_now.notify_all();
    }

    natsStatus set(natsOptions *o, const NatsSettings &s, const std::string &name) {
        const auto text = [](const std::string &t) { return t.c_str(); };
        return Setting()(true, [&] { return natsOptions_SetURL(o, text(s.url)); })(
            true, [&] { return natsOptions_SetName(o, text(name)); })(
            true, [&] { return natsOptions_SetSendAsap(o, true); })(
            true, [&] { return natsOptions_SetTimeout(o, connect_ms); })(
            true, [&] { return natsOptions_SetMaxReconnect(o, -1); })(
            true, [&] { return natsOptions_SetReconnectWait(o, reconnect_ms); })(
            true, [&] { return natsOptions_SetReconnectJitter(o, reconnect_ms, reconnect_ms); })(
            true, [&] { return natsOptions_SetReconnectBufSize(o, kept_while_away); })(
            true, [&] { return natsOptions_SetPingInterval(o, ping_ms); })(
            true, [&] { return natsOptions_SetMaxPingsOut(o, 2); })(
            true, [&] { return natsOptions_SetNoEcho(o, true); })(
            true, [&] { return natsOptions_SetReconnectedCB(o, on_reconnected, &on_reconnect); })(
            true, [&] { return natsOptions_SetClosedCB(o, closed, this); })(
            !s.credentials.empty(),
            [&] { return natsOptions_SetUserCredentialsFromFiles(o, text(s.credentials), nullptr); })(
            !s.nkey.empty(),
            [&] { return natsOptions_SetNKeyFromSeed(o, text(s.nkey), text(s.nkey_seed)); })(
            s.url.starts_with("tls://") || !s.authorities.empty() || !s.certificate.empty(),
            [&] { return natsOptions_SetSecure(o, true); })(
            !s.authorities.empty(),
            [&] { return natsOptions_LoadCATrustedCertificates(o, text(s.authorities)); })(
            !s.certificate.empty(), [&] {
                return natsOptions_LoadCertificatesChain(o, text(s.certificate), text(s.key));
            }).status();
    }
};

namespace {

class Subscribed final : public NatsConnection::Subscription {
  public:
    Subscribed(size_t common, OnMessage on_message)
        : common_(common), on_message_(std::move(on_message)) {}
    ~Subscribed() override {
        natsSubscription_Unsubscribe(subscription_);
        std::unique_lock lock(mutex_);
        ended_now_.wait(lock, [&] { return ended_; });
        lock.unlock();
        natsSubscription_Destroy(subscription_);
    }

    natsStatus start(natsConnection *connection, const std::string &subject, const char *queue) {
        const AllSignalsBlocked blocked; // they are the server's, not this thread's
        const natsStatus status =
            queue ? natsConnection_QueueSubscribe(&subscription_, connection, subject.c_str(),
                                                  queue, came, this)
                  : natsConnection_Subscribe(&subscription_, connection, subject.c_str(), came,
                                             this);
        if (status != NATS_OK) return ended_ = true, status;
        natsSubscription_SetPendingLimits(subscription_, -1, -1); // the windows bound them
        return natsSubscription_SetOnCompleteCB(subscription_, completed, this);
    }

  private:
    static void came(natsConnection *, natsSubscription *, natsMsg *message, void *closure) {
        const Subscribed &self = *static_cast<Subscribed *>(closure);
        const char *reply = natsMsg_GetReply(message);
        std::string_view subject = natsMsg_GetSubject(message);
        subject.remove_prefix(std::min(self.common_, subject.size()));
        self.on_message_({subject,
                          reply ? reply : "",
                          {natsMsg_GetData(message),
                           static_cast<size_t>(natsMsg_GetDataLength(message))},
                          natsMsg_IsNoResponders(message)});
        natsMsg_Destroy(message);
    }
    static void completed(void *closure) {
        Subscribed &self = *static_cast<Subscribed *>(closure);
        const std::lock_guard lock(self.mutex_);
        self.ended_ = true;
        self.ended_now_.notify_all();
    }

    const size_t common_;
    const OnMessage on_message_;
    natsSubscription *subscription_ = nullptr;
    std::mutex mutex_;
    std::condition_variable ended_now_;
    bool ended_ = false;
};

} // namespace

std::string NatsConnection::connect(const NatsSettings &settings, const std::string &name,
                                    std::function<void()> on_reconnect) {
    const AllSignalsBlocked blocked; // its threads inherit that
    library_ = std::make_unique<Library>();
    library_->on_reconnect = std::move(on_reconnect);
    natsOptions *made = nullptr;
    natsStatus status = natsOptions_Create(&made);
    const Options options(made);
    if (status == NATS_OK) status = library_->set(made, settings, name);
    if (status == NATS_OK) status = natsConnection_Connect(&library_->connection, made);
    library_->is_closed = status != NATS_OK;
    if (status == NATS_OK) return {};
    return "NATS cannot be reached at " + settings.shown_url() + ": " + last_problem(status) +
           ". Is nats-server running there? FK_VM_NATS names its address";
}

NatsConnection::NatsConnection() noexcept = default;

NatsConnection::~NatsConnection() {
    if (!library_ || !library_->connection) return;
    natsConnection_FlushTimeout(library_->connection, flush_ms);
    natsConnection_Close(library_->connection);
    std::unique_lock lock(library_->mutex);
    library_->closed_now.wait(lock, [&] { return library_->is_closed; });
    lock.unlock();
    natsConnection_Destroy(library_->connection);
}

std::shared_ptr<NatsConnection::Subscription>
NatsConnection::subscribed(const std::string &base, const char *queue, OnMessage on_message,
                           std::string *problem) {
    auto made = std::make_shared<Subscribed>(base.size() + (queue ? 0 : 1), std::move(on_message));
    const natsStatus status =
        made->start(library_->connection, queue ? base : base + ".>", queue);
    if (status == NATS_OK) return made;
    *problem = "NATS does not let us hear of '" + base + "': " + last_problem(status);
    return nullptr;
}

std::shared_ptr<NatsConnection::Subscription>
NatsConnection::subscribe(const std::string &base, OnMessage on_message, std::string *problem) {
    return subscribed(base, nullptr, std::move(on_message), problem);
}

std::shared_ptr<NatsConnection::Subscription>
NatsConnection::serve_queue(const std::string &base, const char *queue, OnMessage on_message,
                            std::string *problem) {
    return subscribed(base, queue, std::move(on_message), problem);
}

void NatsConnection::publish(const std::string &subject, std::string_view message) noexcept {
    natsConnection_Publish(library_->connection, subject.c_str(), message.data(),
                           static_cast<int>(message.size()));
}

void NatsConnection::ask(const std::string &subject, const std::string &reply,
                         std::string_view message) noexcept {
    natsConnection_PublishRequest(library_->connection, subject.c_str(), reply.c_str(),
                                  message.data(), static_cast<int>(message.size()));
}

} // namespace fkvm
