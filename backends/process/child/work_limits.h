// SPDX-License-Identifier: MIT
// How long what runs in a child's VM may go on: the limits of the server's options, kept by the
// child itself, and the server's wish that it should end. Time is counted in ticks, and only while
// Lua runs: a process that was stopped, or that waits for its server, gets no ticks and loses no
// time.
#pragma once

#include "wire/work.h"

#include <atomic>
#include <cstdint>

namespace fkvm {

class Limits {
  public:
    explicit Limits(const fk_vm_options &options) noexcept : options_(options) {}

    // Around one piece of work, which may nest. message: the number of the message that asked for
    // it, as the peer counts them.
    class Piece {
      public:
        Piece(Limits &limits, Work work, uint32_t message) noexcept;
        ~Piece();
        Piece(const Piece &) = delete;
        Piece &operator=(const Piece &) = delete;

        const Work &work() const noexcept { return work_; }

      private:
        Limits &limits_;
        const Work work_;
        uint64_t outer_until_;
        const bool was_running_;
    };

    // While one lives Lua does not run: the server does, or nobody reads what we write.
    class Pause {
      public:
        explicit Pause(Limits &limits) noexcept
            : limits_(limits), was_running_(limits.running_.exchange(false)) {}
        ~Pause() { limits_.running_.store(was_running_, std::memory_order_relaxed); }
        Pause(const Pause &) = delete;
        Pause &operator=(const Pause &) = delete;

      private:
        Limits &limits_;
        const bool was_running_;
    };

    // As fk_host.must_end. From any thread, and from a signal handler.
    fk_status must_end() const noexcept;

    // From a signal handler. word: what the server sent with the signal, docs/protocol.md; a plain
    // signal means all that has been read so far.
    void wish(uint32_t word) noexcept;
    void wish_all(bool timeout) noexcept;

    // One tick of so many ns has passed. From the ticker.
    enum class Next { Nothing, Interrupt, GiveUp }; // GiveUp: what should have ended goes on and on
    Next tick(uint64_t ns) noexcept;

    bool is_working() const noexcept { return depth_.load(std::memory_order_relaxed) > 0; }
    void name_work(char *text, size_t size) const noexcept; // of what runs; for the last words

    static constexpr uint32_t number_mask = (1u << 30) - 1; // of messages, in a wish

  private:
    static constexpr uint64_t never = UINT64_MAX, grace = 200'000'000;

    uint64_t limit_of(Work::Kind kind) const noexcept;

    const fk_vm_options &options_;
    std::atomic<uint64_t> used_{0}, until_{never}, overdue_{0};
    std::atomic<uint64_t> wish_{0};     // {serial, word}: a new one differs from the last, always
    std::atomic<uint64_t> old_wish_{0}; // came before the outermost piece that no message asked for
    std::atomic<uint32_t> first_{0};    // the number of the outermost piece's message
    std::atomic<int> depth_{0};
    std::atomic<bool> running_{false};
    std::atomic<bool> fresh_{
        false}; // the tick that comes first began before the work: not its time
    const char *volatile name_ =
        nullptr; // of the outermost piece; only read while it goes on and on
};

} // namespace fkvm
