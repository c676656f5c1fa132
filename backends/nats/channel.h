// SPDX-License-Identifier: MIT
// One end of a VM's conversation over a line that may lose messages: numbers what leaves and keeps
// it until the other end has used it up; lets in what comes once and in order. Both directions have
// a window, so neither end ever holds more than that. Its owner locks it.
#pragma once

#include "frame.h"

#include <deque>
#include <string>
#include <string_view>

namespace fkvm {

// Where messages leave. They may be lost, and none of the calls waits.
class Line {
  public:
    virtual void publish(const std::string &subject, std::string_view message) noexcept = 0;

  protected:
    ~Line() = default;
};

class Channel {
  public:
    static constexpr size_t window = 1 << 20;        // bytes under way
    static constexpr size_t longest = 64 << 10;      // of one message
    static constexpr size_t credit_at = window / 4;  // bytes used up of which the other end hears
    static constexpr size_t flood = 2 * window;      // more than that no honest other end sends
    static constexpr uint64_t again_ns = 20'000'000; // between two answers to Again

    Channel(Line &line, std::string subject) : line_(line), subject_(std::move(subject)) {}
    void move_to(std::string subject) { subject_ = std::move(subject); }

    // Sending. What is numbered may leave while there is room; the words of a worker itself always.
    size_t room() const noexcept { return under_way_ < window ? window - under_way_ : 0; }
    void send(FrameKind kind, std::string_view bytes);
    void say(FrameKind kind, uint32_t number, std::string_view bytes) noexcept; // not numbered
    uint32_t sent() const noexcept { return sent_; }
    bool all_taken() const noexcept { return kept_.empty(); }

    // Receiving. True: it is the next one, to be used. Others are dropped, and asked for if lost.
    bool lets_in(const FrameHead &head, size_t bytes) noexcept;
    bool flooded() const noexcept { return flooded_; } // and nothing is let in any more
    void used_up(size_t bytes, uint32_t messages) noexcept;
    uint32_t taken() const noexcept { return taken_; }

    // What the other end said of itself, in a head or a beat. Whether there is more room now.
    bool heard_taken(uint32_t taken) noexcept;
    void heard_sent(uint32_t sent) noexcept;   // none of them is under way any more
    bool send_again(uint32_t number) noexcept; // false: it is not to be had any more

  private:
    void publish(std::string_view message) noexcept { line_.publish(subject_, message); }
    void ask_again() noexcept;

    Line &line_;
    std::string subject_;
    std::deque<std::string> kept_; // whole messages, the oldest is number sent_ - size + 1
    size_t under_way_ = 0;         // bytes of them
    uint32_t sent_ = 0, arrived_ = 0, taken_ = 0;
    size_t uncredited_ = 0, held_ = 0; // bytes, of the latter with heads
    uint64_t answered_again_at_ = 0;
    bool flooded_ = false;
    bool asked_ = false; // for what is missing, since the last that came
};

} // namespace fkvm
