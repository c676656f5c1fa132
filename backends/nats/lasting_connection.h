// SPDX-License-Identifier: MIT
// What a NatsConnection is made of: one connection of libnats after the other.
#pragma once

#include "subscribed.h"

#include <thread>
#include <vector>

namespace fkvm {

std::string last_nats_problem(natsStatus status);

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

} // namespace fkvm
