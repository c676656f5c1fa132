// SPDX-License-Identifier: MIT
#include "connection.h"

#include "lasting_connection.h"

#include <utility>

namespace fkvm {
namespace {

constexpr int64_t first_connect_ms = 2000, round_trip_ms = 1000;

} // namespace

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
    std::string problem = library_->connect(first_connect_ms);
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
    *problem = "NATS does not let us hear of '" + base + "': " + last_nats_problem(status);
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
