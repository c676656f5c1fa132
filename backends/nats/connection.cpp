// SPDX-License-Identifier: MIT
#include "connection.h"

#include "base/signal_mask.h"

#include <nats/nats.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace fkvm {
namespace {

constexpr int64_t ping_ms = 500, connect_ms = 2000, flush_ms = 200, round_trip_ms = 1000;
constexpr auto first_pause = std::chrono::milliseconds(25), longest_pause = first_pause * 8;

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

// libnats would print them.
void on_error(natsConnection *, natsSubscription *, natsStatus, void *) {}

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

} // namespace

// libnats connects again only while it holds the lock that publishing needs, for seconds where a
// network swallows what it says. So each of its connections is used once, and we make the next.
struct NatsConnection::Library {
    Library(const NatsSettings &its, const std::string &its_name, std::function<void()> then)
        : settings(its), name(its_name), on_reconnect(std::move(then)) {}
    ~Library();

    std::string connect(int64_t timeout);
    void run();
    void lose(const natsConnection *which) noexcept;
    void take_down() noexcept;
    bool pause(std::chrono::milliseconds time); // false: it ends
    natsStatus subscribe_all();
    std::string refusal(); // what NATS does not allow us
    void publish(const std::string &subject, const char *reply, std::string_view message) noexcept;
    natsStatus set(natsOptions *options, int64_t timeout);
    static void closed(natsConnection *which, void *closure);

    const NatsSettings settings;
    const std::string name;
    const std::function<void()> on_reconnect;

    std::mutex publishing; // one after the other: a half written message must be the last
    natsConnection *live = nullptr;
    bool broken = false;

    std::mutex subscribing;
    std::vector<Subscribed *> subscriptions;

    std::mutex mutex; // of what follows
    std::condition_variable changed;
    bool lost = false, ends = false;
    int open = 0; // connections whose closed() has not been called
    std::thread connector;
};

natsStatus NatsConnection::Library::set(natsOptions *o, int64_t timeout) {
    const NatsSettings &s = settings;
    const auto text = [](const std::string &t) { return t.c_str(); };
    return Setting()(true, [&] { return natsOptions_SetURL(o, text(s.url)); })(
               true, [&] { return natsOptions_SetName(o, text(name)); })(
               true, [&] { return natsOptions_SetSendAsap(o, true); })(
               true, [&] { return natsOptions_SetTimeout(o, timeout); })(
               true, [&] { return natsOptions_SetAllowReconnect(o, false); })(
               true, [&] { return natsOptions_SetWriteDeadline(o, s.silence / 6); })(
               true, [&] { return natsOptions_SetPingInterval(o, ping_ms); })(
               true, [&] { return natsOptions_SetMaxPingsOut(o, 2); })(
               true, [&] { return natsOptions_SetNoEcho(o, true); })(
               true, [&] { return natsOptions_SetErrorHandler(o, on_error, nullptr); })(
               true, [&] { return natsOptions_SetClosedCB(o, closed, this); })(
               !s.credentials.empty(),
               [&] {
                   return natsOptions_SetUserCredentialsFromFiles(o, text(s.credentials), nullptr);
               })(!s.nkey.empty(),
                  [&] { return natsOptions_SetNKeyFromSeed(o, text(s.nkey), text(s.nkey_seed)); })(
               s.url.starts_with("tls://") || !s.authorities.empty() || !s.certificate.empty(),
               [&] { return natsOptions_SetSecure(o, true); })(
               !s.authorities.empty(),
               [&] { return natsOptions_LoadCATrustedCertificates(o, text(s.authorities)); })(
               !s.certificate.empty(),
               [&] {
                   return natsOptions_LoadCertificatesChain(o, text(s.certificate), text(s.key));
               })
        .status();
}

std::string NatsConnection::Library::connect(int64_t timeout) {
    natsOptions *made = nullptr;
    natsConnection *connection = nullptr;
    natsStatus status = natsOptions_Create(&made);
    const Options options(made);
    if (status == NATS_OK) status = set(made, timeout);
    if (status == NATS_OK) status = natsConnection_Connect(&connection, made);
    if (status != NATS_OK)
        return "NATS cannot be reached at " + settings.shown_url() + ": " + last_problem(status) +
               ". Is nats-server running there? FK_VM_NATS names its address";
    {
        const std::lock_guard lock(mutex);
        open++;
        lost = false;
    }
    {
        const std::lock_guard lock(publishing);
        live = connection;
        broken = false;
    }
    if (natsConnection_IsClosed(connection)) lose(connection); // before we knew it
    return {};
}

void NatsConnection::Library::closed(natsConnection *which, void *closure) {
    Library &self = *static_cast<Library *>(closure);
    self.lose(which);
    const std::lock_guard lock(self.mutex);
    self.open--;
    self.changed.notify_all();
}

void NatsConnection::Library::lose(const natsConnection *which) noexcept {
    {
        const std::lock_guard lock(publishing);
        if (which != live) return;
        broken = true;
    }
    const std::lock_guard lock(mutex);
    lost = true;
    changed.notify_all();
}

void NatsConnection::Library::take_down() noexcept {
    natsConnection *old;
    {
        const std::lock_guard lock(publishing);
        old = std::exchange(live, nullptr);
    }
    if (!old) return;
    natsConnection_Close(old);
    {
        const std::lock_guard lock(subscribing);
        for (Subscribed *subscribed : subscriptions) subscribed->end();
    }
    natsConnection_Destroy(old);
}

bool NatsConnection::Library::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [&] { return ends; });
}

natsStatus NatsConnection::Library::subscribe_all() {
    const std::lock_guard lock(subscribing);
    natsStatus status = NATS_OK;
    for (Subscribed *subscribed : subscriptions)
        if (status == NATS_OK) status = subscribed->start(live);
    return status;
}

void NatsConnection::Library::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return lost || ends; });
            if (ends) return;
        }
        take_down();
        const int64_t timeout = std::min<int64_t>(connect_ms, settings.silence / 2);
        for (auto time = first_pause; !connect(timeout).empty();
             time = std::min(time * 2, longest_pause))
            if (!pause(time)) return;
        subscribe_all() == NATS_OK ? on_reconnect() : lose(live);
    }
}

void NatsConnection::Library::publish(const std::string &subject, const char *reply,
                                      std::string_view message) noexcept {
    natsConnection *used;
    {
        const std::lock_guard lock(publishing);
        if (!live || broken) return;
        used = live;
        const int size = static_cast<int>(message.size());
        const natsStatus status =
            reply
                ? natsConnection_PublishRequest(live, subject.c_str(), reply, message.data(), size)
                : natsConnection_Publish(live, subject.c_str(), message.data(), size);
        if (status == NATS_OK || status == NATS_INVALID_ARG || status == NATS_INVALID_SUBJECT ||
            status == NATS_MAX_PAYLOAD)
            return;
        broken = true;
    }
    lose(used);
}

std::string NatsConnection::Library::refusal() {
    const std::lock_guard lock(publishing);
    const char *text = nullptr;
    if (!live || natsConnection_GetLastError(live, &text) == NATS_OK || !text) return {};
    return text;
}

NatsConnection::Library::~Library() {
    {
        const std::lock_guard lock(mutex);
        ends = true;
        changed.notify_all();
    }
    if (connector.joinable()) connector.join();
    if (live) natsConnection_FlushTimeout(live, flush_ms);
    take_down();
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open == 0; });
}

class NatsConnection::Joined final : public NatsConnection::Subscription {
  public:
    Joined(Library &library, std::string subject, const char *queue, size_t common,
           OnMessage on_message)
        : library_(library), subscribed_(std::move(subject), queue, common, std::move(on_message)) {
    }
    ~Joined() override {
        const std::lock_guard lock(library_.subscribing);
        std::erase(library_.subscriptions, &subscribed_);
        subscribed_.end();
    }
    // NATS_OK while there is no connection: the next one will have it.
    natsStatus start() {
        const std::lock_guard lock(library_.subscribing);
        library_.subscriptions.push_back(&subscribed_);
        const std::lock_guard live(library_.publishing);
        if (!library_.live || library_.broken) return NATS_OK;
        const natsStatus status = subscribed_.start(library_.live);
        return natsConnection_IsClosed(library_.live) ? NATS_OK : status;
    }

  private:
    Library &library_;
    Subscribed subscribed_;
};

NatsConnection::NatsConnection() noexcept = default;
NatsConnection::~NatsConnection() = default;

std::string NatsConnection::connect(const NatsSettings &settings, const std::string &name,
                                    std::function<void()> on_reconnect) {
    const AllSignalsBlocked blocked; // its threads inherit that
    library_ = std::make_unique<Library>(settings, name, std::move(on_reconnect));
    std::string problem = library_->connect(connect_ms);
    if (problem.empty()) library_->connector = std::thread([this] { library_->run(); });
    return problem;
}

std::shared_ptr<NatsConnection::Subscription> NatsConnection::subscribed(const std::string &base,
                                                                         const char *queue,
                                                                         OnMessage on_message,
                                                                         std::string *problem) {
    auto made = std::make_shared<Joined>(*library_, queue ? base : base + ".>", queue,
                                         base.size() + (queue ? 0 : 1), std::move(on_message));
    const natsStatus status = made->start();
    if (status == NATS_OK) return made;
    *problem = "NATS does not let us hear of '" + base + "': " + last_problem(status);
    return nullptr;
}

std::shared_ptr<NatsConnection::Subscription>
NatsConnection::subscribe(const std::string &base, OnMessage on_message, std::string *problem) {
    return subscribed(base, nullptr, std::move(on_message), problem);
}

std::shared_ptr<NatsConnection::Subscription> NatsConnection::serve_queue(const std::string &base,
                                                                          const char *queue,
                                                                          OnMessage on_message,
                                                                          std::string *problem) {
    return subscribed(base, queue, std::move(on_message), problem);
}

std::string NatsConnection::refusal() { return library_->refusal(); }

std::string NatsConnection::checked_refusal() {
    const std::lock_guard stays(library_->subscribing); // so does the connection
    natsConnection *used;
    {
        const std::lock_guard lock(library_->publishing);
        used = library_->live;
    }
    if (used) natsConnection_FlushTimeout(used, round_trip_ms);
    return refusal();
}

void NatsConnection::publish(const std::string &subject, std::string_view message) noexcept {
    library_->publish(subject, nullptr, message);
}

void NatsConnection::ask(const std::string &subject, const std::string &reply,
                         std::string_view message) noexcept {
    library_->publish(subject, reply.c_str(), message);
}

} // namespace fkvm
