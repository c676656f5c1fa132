// SPDX-License-Identifier: MIT
// A worker: lends VMs of this machine to servers that ask over NATS. It asks for work while it has
// room, relays what is said, and frees what a server that is gone has left.
#pragma once

#include "lent_vm.h"
#include "monitor/source.h"
#include "nats/connection.h"
#include "nats/silence.h"
#include "opener.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace fkvm {

struct WorkerOptions {
    NatsSettings nats;
    std::string machine; // its name, for messages
    size_t capacity = 100;
    bool commands = false; // servers may have any program started here
    std::string status;    // the path of a status socket; empty: none
    std::string metrics;   // where they are served; empty: nowhere
    std::string scripts;   // the folder where sets of scripts are kept
};

class Worker final : public Watcher, public MonitorSource {
  public:
    explicit Worker(WorkerOptions options) : options_(std::move(options)), opener_(options_) {}
    ~Worker();

    // Empty, or why it cannot work.
    std::string start();
    // Returns when it has been told to end, by drain() once its VMs have.
    void run();
    void drain() noexcept; // no new VMs. From a signal handler, too
    void stop() noexcept;  // at once

    std::string metrics(); // for Prometheus. From any thread

    // Called when something has changed that an operator would like to know.
    std::function<void(const std::string &event)> on_event = [](const std::string &) {};

    // MonitorSource
    MonitorReport look() override;
    Outcome interrupt(uint64_t number) override;
    Outcome close(uint64_t number) override;

    // Watcher
    bool watch(int fd, uint64_t key, bool out) noexcept override;
    void forget(int fd) noexcept override;

  private:
    static constexpr int tick_ms = 100, ticks_a_beat = 3;

    struct Server {
        Silence silence;
        std::map<uint32_t, std::shared_ptr<LentVm>> vms;
        std::map<uint32_t, int> unnamed; // beats that did not name a VM
    };

    void asked(const NatsMessage &message);
    std::string objection(const VmWish &wish) const;
    void refuse(const NatsMessage &message, const std::string &why, bool for_good);
    void lend(const NatsMessage &message, VmWish wish);
    void came(const NatsMessage &message);
    void beat_came(const std::string &server, uint32_t told, std::string_view entries);
    void happened(uint64_t key);
    void tick();
    void beat();
    std::string beat_subject(const std::string &server) const;
    void take_work();
    void lose_silent_servers();
    void left_by(const std::string &server);
    void give_up(Server &server, const std::string &why);
    void leave(const std::string &server, const std::string &why);
    void forget_what_is_over();
    std::shared_ptr<LentVm> find(const std::string &server, uint32_t vm);
    std::shared_ptr<LentVm> by_number(uint64_t number);
    size_t count();

    const WorkerOptions options_;
    const std::string name_ = random_name();
    Tally tally_;
    Opener opener_;
    NatsConnection connection_;
    std::shared_ptr<NatsConnection::Subscription> mine_, queue_;
    Fd events_;        // an epoll
    std::mutex mutex_; // of what follows
    std::map<std::string, Server> servers_;
    std::map<uint64_t, std::weak_ptr<LentVm>> by_key_;
    uint64_t last_key_ = 0;
    int ticks_ = 0;
    std::atomic<bool> drains_{false}, stops_{false};
};

} // namespace fkvm
