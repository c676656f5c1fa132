// SPDX-License-Identifier: MIT
// A VM that is lent to a server: a child of this machine, whose streams are relayed.
#pragma once

#include "base/clock.h"
#include "nats/channel.h"
#include "nats/wish.h"
#include "process/server/child_process.h"
#include "tally.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

namespace fkvm {

// Where descriptors are watched. The key comes back with what happened.
class Watcher {
  public:
    virtual bool watch(int fd, uint64_t key, bool out) noexcept = 0;
    virtual void forget(int fd) noexcept = 0;

  protected:
    ~Watcher() = default;
};

// What of a VM is watched, as the low bits of its key.
enum class Watched : uint64_t { Out, Err, End, In };

class LentVm {
  public:
    LentVm(Line &line, Watcher &watcher, Tally &tally, std::string subject, VmWish wish,
           uint64_t key)
        : wish_(std::move(wish)), key_(key), watcher_(watcher), tally_(tally),
          channel_(line, std::move(subject)) {}

    const VmWish &wish() const noexcept { return wish_; }
    uint64_t key() const noexcept { return key_; }
    uint64_t lent_at() const noexcept { return lent_at_; } // as now_ns()

    // For the opener. What is wanted of the server is asked for; what it sends comes in turn.
    void want(std::string_view what);
    bool next_scripts(std::string *bytes, uint64_t until);
    void started(ChildProcess child, bool from_template);
    void not_started(fk_status status, const std::string &problem);
    void words(std::string_view said); // of a template

    // For the line.
    void heard(const FrameHead &head, std::string_view bytes);
    void heard_beat(const BeatEntry &entry);
    void kill();
    void interrupt(); // whatever runs

    // For the loop.
    void happened(Watched what);
    BeatEntry entry();
    bool is_over(uint64_t patience_ns) const; // and the server knows, or had so long to hear it
    bool has_ended() const;
    pid_t pid() const;

  private:
    void kill_now();
    void take_numbered(const FrameHead &head, std::string_view bytes);
    void feed(std::string_view bytes);
    void write_on();
    void read_on(Watched which);
    void close_on(Watched which);
    void more_room();
    void set_watched(Watched what, bool yes);
    void finish_if_over();
    void drain(Watched which);
    void end(const std::string &notes);
    int fd_of(Watched what) const noexcept;

    const VmWish wish_;
    const uint64_t key_, lent_at_ = now_ns();
    Watcher &watcher_;
    Tally &tally_;
    mutable std::mutex mutex_; // of all that follows
    std::condition_variable changed_;
    Channel channel_;
    ChildProcess child_;
    std::deque<std::string> backlog_; // for its input
    size_t backlog_at_ = 0;           // in the first
    std::deque<std::string> scripts_;
    bool watched_[4] = {}, open_[2] = {true, true}; // its output and errors
    bool running_ = false, gone_ = false, over_ = false, closing_ = false, killed_ = false;
    uint64_t resident_at_ = 0, over_at_ = 0;
    uint32_t resident_kb_ = 0;
};

} // namespace fkvm
