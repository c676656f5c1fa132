// SPDX-License-Identifier: MIT
// One end of a JSON-RPC conversation over two descriptors. Both ends are alike: each calls,
// notifies, and answers while it waits for its own answer. Who owns a Peer says how to wait and
// what the calls mean.
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "fk_value.h"
#include "line_reader.h"
#include "repeats.h"
#include "rpc.h"

#include <atomic>
#include <cstdint>
#include <string_view>
#include <sys/types.h>

namespace fkvm {

class Peer;

class PeerOwner {
  public:
    // Returns FK_OK when `in` can be read without blocking, or, if also_writable, `out` written.
    // Any other status ends what the Peer does and is returned by it.
    virtual fk_status wait(bool also_writable) noexcept = 0;

    // As the system's; the second never waits.
    virtual ssize_t read(int in, char *to, size_t size) noexcept;
    virtual ssize_t write(int out, const char *bytes, size_t size) noexcept;

    // Handles the other side's request; must answer it by peer.reply() or peer.error() before
    // returning. The message lives until then. May call the peer again.
    virtual fk_status request(Peer &peer, const RpcMessage &message) noexcept = 0;
    virtual fk_status notification(Peer &peer, const RpcMessage &message) noexcept = 0;

    // Whether who waits for an answer gets one that cannot be read, of kind Broken; else it is a
    // stray line.
    virtual bool takes_broken_answers() const noexcept { return false; }

    // A line that is no correct message, or an answer nobody waits for.
    virtual fk_status stray(Peer &peer, std::string_view line,
                            const RpcMessage &message) noexcept = 0;

  protected:
    ~PeerOwner() = default;
};

// What a call came to; valid until the callback that gets it returns.
using PeerAnswer = RpcMessage;

class Peer {
  public:
    // Neither descriptor is closed here. out must not block (O_NONBLOCK). max_line bounds a line in
    // either direction, max_values roughly the values in one of the other side. What writes returns
    // FK_BAD_VALUE for a message that would be longer, and nothing of it leaves.
    // out -1: what is to leave is kept until attach().
    Peer(int in, int out, size_t max_line, uint32_t max_values, PeerOwner &owner) noexcept
        : in_(in), out_(out), owner_(owner), lines_(max_line) {
        // A tag makes two values of one; a message has some of its own.
        limits_.nodes = max_values < UINT32_MAX / 2 - 64 ? max_values * 2 + 64 : UINT32_MAX;
    }

    // The other side knows "each": a notification that repeats the one before for another first
    // parameter travels with it.
    void merge_repeats() noexcept { merging_ = true; }

    // The other side knows no $bytes: the bytes of strings cross as they are (not with the former).
    void raw_strings() noexcept { limits_.strings = Strings::Raw; }

    // The other side does not count its values itself: exactly so many.
    void count_values(uint32_t most) noexcept { limits_.values = most; }

    // An answer, kept until it is let go; they are let go in the reverse order.
    struct Kept {
        PeerAnswer message;
        Arena::Mark mark{};
        bool held = false;
    };

    // Sends a request and serves the other side until its answer is there. After another status
    // than FK_OK nothing is kept.
    fk_status call(std::string_view method, const fk_value *params, Kept *answer) noexcept;
    void let_go(Kept *answer) noexcept;

    // The same, handing the answer to consume. Returns what consume returned, or why there is none.
    template <class Consume>
    fk_status call(std::string_view method, const fk_value *params, Consume consume) noexcept {
        Kept answer;
        const fk_status status = call(method, params, &answer);
        if (status != FK_OK) return status;
        const fk_status outcome = consume(static_cast<const PeerAnswer &>(answer.message));
        let_go(&answer);
        return outcome;
    }

    // Appends a request, as notify() does. Its answer comes to the owner's stray(), with this id.
    fk_status begin(std::string_view method, const fk_value *params, int64_t *id) noexcept;

    // Appends a notification; it leaves with the next message that is waited for, or when the
    // buffer is full.
    fk_status notify(std::string_view method, const fk_value *params) noexcept;
    fk_status reply(int64_t id, const fk_value &result) noexcept;
    fk_status error(int64_t id, int64_t code, std::string_view message,
                    const fk_value *data) noexcept;
    fk_status flush() noexcept;
    void attach(int in, int out) noexcept { in_ = in, out_ = out; }
    void prepare_to_write() noexcept {
        output_.reserve(usual);
    }                          // what is written first takes no memory then
    bool has_input() noexcept; // without waiting
    std::string_view unfinished() const noexcept { return lines_.rest(); } // of a line
    size_t kept() const noexcept { return output_.size(); }

    // Serves the next message, waiting for it. FK_VM_DIED: the other side has ended its stream.
    fk_status serve_next() noexcept;
    // Serves all that is there, without waiting.
    fk_status serve_waiting() noexcept;
    // The same after reading once, when `in` has something.
    fk_status serve_available() noexcept;
    // Serves messages until `done` says so.
    template <class Done>
    fk_status serve_until(Done done) noexcept {
        while (!done())
            if (const fk_status s = serve_next()) return s;
        return FK_OK;
    }

    // For an owner without anything else to wait for: until `in` has something or `out` has room.
    fk_status wait_both() const noexcept;

    // Messages handled so far, and messages written, answers among both. messages_out() from any
    // thread.
    uint32_t messages_in() const noexcept { return messages_in_; }
    uint32_t messages_out() const noexcept { return messages_out_.load(std::memory_order_relaxed); }

    uint64_t bytes_in() const noexcept { return bytes_in_; }
    uint64_t bytes_out() const noexcept { return bytes_out_; }
    bool at_end() const noexcept { return at_end_; }

  private:
    static constexpr size_t full = 64 << 10, usual = 1 << 10;

    struct Waiting {
        int64_t id;
        Waiting *outer;
        PeerAnswer *answer;
        bool done;
    };

    fk_status written(size_t before, bool good) noexcept;
    fk_status send(size_t before, bool good) noexcept;
    fk_status wait_for(std::string_view method, const fk_value *params,
                       PeerAnswer *answer) noexcept;
    fk_status handle(std::string_view line) noexcept;
    bool is_awaited(const RpcMessage &message) const noexcept;
    fk_status fill() noexcept;
    fk_status read_more() noexcept;

    int in_, out_;
    PeerOwner &owner_;
    LineReader lines_;
    JsonLimits limits_;
    Buffer output_;
    Repeats repeats_; // of the notification at the end of output_
    Arena arena_;
    Waiting *waiting_ = nullptr;
    int64_t last_id_ = 0;
    uint32_t messages_in_ = 0;
    std::atomic<uint32_t> messages_out_{0};
    uint64_t bytes_in_ = 0, bytes_out_ = 0;
    bool at_end_ = false, merging_ = false;
};

} // namespace fkvm
