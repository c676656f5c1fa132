// SPDX-License-Identifier: MIT
// A connection to NATS by libnats. It connects again by itself for as long as it lives; what is
// published meanwhile is lost. Publishing waits for a sixth of the limit of silence at most.
#pragma once

#include "channel.h"
#include "settings.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fkvm {

// A message that came. Its subject is without what all of a subscription have in common.
struct NatsMessage {
    std::string_view subject, reply, data;
    bool nobody_there; // a request was heard by none
};
using OnMessage = std::function<void(const NatsMessage &)>; // on a thread of the subscription

class NatsConnection final : public Line {
  public:
    NatsConnection() noexcept;
    ~NatsConnection(); // when it returns no OnMessage runs any more
    NatsConnection(const NatsConnection &) = delete;
    NatsConnection &operator=(const NatsConnection &) = delete;

    // Empty, or what went wrong. on_reconnect: from a thread of its own.
    std::string connect(const NatsSettings &settings, const std::string &name,
                        std::function<void()> on_reconnect);

    class Subscription;
    // All subjects that begin with `base` and a dot; or base alone, if queue says so: each message
    // then reaches one of those who have the queue. nullptr: it failed, *problem says why.
    std::shared_ptr<Subscription> subscribe(const std::string &base, OnMessage on_message,
                                            std::string *problem);
    std::shared_ptr<Subscription> serve_queue(const std::string &base, const char *queue,
                                              OnMessage on_message, std::string *problem);

    // What NATS did not allow us last; or empty. The second asks it whether there is anything.
    std::string refusal();
    std::string checked_refusal();

    // Line. From any thread.
    void publish(const std::string &subject, std::string_view message) noexcept override;
    void ask(const std::string &subject, const std::string &reply,
             std::string_view message) noexcept;

  private:
    struct Library;
    class Joined;
    std::shared_ptr<Subscription> subscribed(const std::string &base, const char *queue,
                                             OnMessage on_message, std::string *problem);

    std::unique_ptr<Library> library_;
};

// Ends with its last owner.
class NatsConnection::Subscription {
  public:
    virtual ~Subscription() = default;
};

} // namespace fkvm
