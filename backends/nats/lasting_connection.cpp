// SPDX-License-Identifier: MIT
#include "lasting_connection.h"

#include <utility>

namespace fkvm {
namespace {

constexpr int64_t ping_ms = 500, connect_ms = 2000, flush_ms = 200;
constexpr auto first_pause = std::chrono::milliseconds(25), longest_pause = first_pause * 8;

template <auto Destroy>
struct By {
    template <class T>
    void operator()(T *object) const noexcept {
        Destroy(object);
    }
};
using Options = std::unique_ptr<natsOptions, By<natsOptions_Destroy>>;

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

} // namespace

std::string last_nats_problem(natsStatus status) {
    const char *more = nats_GetLastError(nullptr);
    std::string text = natsStatus_GetText(status);
    if (more && *more) text += std::string(" (") + more + ")";
    return text;
}

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
        return "NATS cannot be reached at " + settings.shown_url() + ": " +
               last_nats_problem(status) +
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

} // namespace fkvm
