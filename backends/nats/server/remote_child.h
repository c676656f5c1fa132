// SPDX-License-Identifier: MIT
// A child of a worker: what the worker says of it, and what we say to it. Its VM uses it from one
// thread at a time; the link's threads bring what is heard.
#pragma once

#include "bell.h"
#include "nats/channel.h"
#include "process/server/child.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

namespace fkvm {

class Link;

class RemoteChild final : public Child {
  public:
    enum class State { Asked, Taken, Started, Ended };

    explicit RemoteChild(Link &link);
    bool make() noexcept; // its descriptors, before anything else

    // For the link.
    void heard(const FrameHead &head, std::string_view bytes);
    void taken_by(const std::string &worker, const std::string &machine, std::string subject);
    void refused(const std::string &why, bool for_good);
    void heard_beat(const BeatEntry &entry);
    void lose(const std::string &why); // "is lost: " and why
    BeatEntry entry() const;
    void say_wish(); // that came by tell_to_end()
    std::string worker() const;
    void number(uint32_t vm) noexcept { vm_ = vm; } // before anything else
    uint32_t vm() const noexcept { return vm_; }

    // For its source. Waits until the state is another, something is wanted, or until that moment.
    State wait(State not_any_more, uint64_t until);
    bool take_refusal(std::string *why, bool *for_good);
    bool take_wanted(std::string *what);
    void send_scripts(std::string_view bytes, uint64_t until);
    bool was_started() const;
    std::string end_note() const; // if it was not: why
    bool from_template() const noexcept { return from_template_; }

    // Child
    Descriptors descriptors() const noexcept override {
        return {in_bell_.fd(), gate_.fd(), err_bell_.fd(), end_bell_.fd()};
    }
    ssize_t read(char *to, size_t size) noexcept override;
    ssize_t read_err(char *to, size_t size) noexcept override;
    ssize_t write(const char *bytes, size_t size) noexcept override;
    void close_input() noexcept override;
    bool tell_to_end(fk_status reason, uint32_t messages) noexcept override;
    uint64_t cpu_ns() const noexcept override { return 0; }
    bool runnable() const noexcept override { return true; }
    uint64_t resident() const noexcept override { return resident_.load(); }
    void kill() noexcept override;
    void kill_soon() noexcept override { kill(); }
    bool reap(int ms) noexcept override;
    bool ended() const noexcept override;
    int exit_status() const noexcept override;
    fk_death death() const noexcept override;
    std::string described() const override;
    bool was_out_of_memory() const noexcept override;
    pid_t pid() const noexcept override { return pid_.load(); }
    std::string place() const override;

  private:
    // Bytes that came, and how many messages they were.
    struct Inbox {
        std::deque<std::string> messages;
        size_t at = 0;      // in the first
        bool ended = false; // the child has closed it
    };

    void put(Inbox &inbox, Bell &bell, std::string_view bytes);
    ssize_t take(Inbox &inbox, Bell &bell, char *to, size_t size) noexcept;
    void take_numbered(FrameKind kind, std::string_view bytes);
    void take_start(std::string_view bytes);
    void take_end(std::string_view bytes);
    void end(int exit_status, fk_death death, std::string described) noexcept;

    uint32_t vm_ = 0;
    Link &link_;
    mutable std::mutex mutex_; // of all that follows
    std::condition_variable changed_;
    Channel channel_;
    State state_ = State::Asked;
    Inbox in_, err_;
    std::deque<std::string> wanted_;
    Bell in_bell_, err_bell_, end_bell_;
    Gate gate_;
    std::string worker_, machine_, refusal_, described_, note_;
    bool refused_ = false, refused_for_good_ = false, killed_ = false, closed_ = false;
    bool started_ = false;
    bool from_template_ = false, out_of_memory_ = false;
    int exit_status_ = 0;
    fk_death death_ = FK_DEATH_UNKNOWN;

    std::atomic<pid_t> pid_{0};
    std::atomic<uint64_t> resident_{0};
    std::atomic<uint64_t> wish_{0}; // 0: none; else the count of messages, and the reason above it
};

} // namespace fkvm
