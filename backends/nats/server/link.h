// SPDX-License-Identifier: MIT
// The link of this process to its workers: brings what they say to whom it concerns, tells them that
// this server lives, and notices when they do not. It is there while a VM is. For any thread.
#pragma once

#include "nats/connection.h"
#include "nats/silence.h"
#include "remote_child.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace fkvm {

class Link final : public Line {
  public:
    static Link &here(); // of this process: one that was forked off has one of its own

    // From here on the child is heard, and has a number. Empty, or why there is no link.
    std::string join(const std::shared_ptr<RemoteChild> &child);
    void leave(const RemoteChild &child) noexcept;
    void wake() noexcept { wake_->add(1); } // from a signal handler, too

    // Line. While a child has joined.
    void publish(const std::string &subject, std::string_view message) noexcept override {
        connection_->publish(subject, message);
    }

    // Asks all workers who have room for a VM; the answer goes to the child.
    void ask(const RemoteChild &child, const std::string &wish) noexcept;

    std::string refusal() const { return connection_->refusal(); } // what NATS did not allow
    const std::string &name() const noexcept { return name_; }
    const NatsSettings &settings() const noexcept { return settings_; }

  private:
    static constexpr int tick_ms = 100, ticks_a_beat = 3;

    struct Worker {
        std::string machine;
        Silence silence;
    };
    using Children = std::map<uint32_t, std::shared_ptr<RemoteChild>>;

    std::string connect();
    void disconnect() noexcept;
    void came(const NatsMessage &message);
    void came_to(RemoteChild &child, const FrameHead &head, std::string_view bytes);
    void take(RemoteChild &child, std::string_view bytes);
    void beat_came(const std::string &worker, std::string_view entries);
    void run();
    void tick();
    void beat();
    void lose_worker(const std::string &worker, const std::string &why);
    Children children();
    std::string beat_subject(const std::string &worker) const;
    std::string vm_subject(const std::string &worker, uint32_t vm) const;

    std::mutex joining_; // of connect() and disconnect()
    std::mutex mutex_;   // of the maps
    NatsSettings settings_;
    std::string name_;
    std::unique_ptr<NatsConnection> connection_;
    std::shared_ptr<NatsConnection::Subscription> subscription_;
    std::optional<EventFd> wake_;
    std::thread thread_;
    std::atomic<bool> ends_{false}, beat_now_{false};
    Children children_;
    std::map<std::string, Worker> workers_;
    uint32_t last_vm_ = 0;
    int ticks_ = 0;
};

} // namespace fkvm
