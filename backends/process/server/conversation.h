// SPDX-License-Identifier: MIT
// What a child and its VM say to each other: requests, notifications, output, and lines that are
// none of these. How long anybody waits, and what becomes of a child, is the owner's.
#pragma once

#include "handshake.h"
#include "watch.h"
#include "wire/peer.h"

#include <atomic>

namespace fkvm {

// The beginning of a line for a message; what is no printable text as \xNN.
std::string shown_bytes(std::string_view text);

class ConversationOwner {
  public:
    // As PeerOwner::wait(); FK_BUSY: the child does not read, and nothing may be waited for now.
    virtual fk_status wait(bool also_writable) noexcept = 0;
    // A host method has run for a request. Not FK_OK: why the child hears no answer.
    virtual fk_status before_answer() noexcept = 0;
    // An answer that nobody waits for. False: nobody asked for it either.
    virtual bool answered(const RpcMessage &message) noexcept = 0;
    // A notification that is a part of the handshake.
    virtual fk_status handshake(Handshake::Part part, const RpcMessage &message) = 0;

  protected:
    ~ConversationOwner() = default;
};

class Conversation final : public PeerOwner {
  public:
    Conversation(const Known &known, const Handshake &handshake, Child &child,
                 ConversationOwner &owner) noexcept
        : known_(known), handshake_(handshake), child_(child), owner_(owner),
          peer_(child.descriptors().in, child.descriptors().out, known.options->max_message,
                known.options->max_values, *this) {
        if (!known.is_host) peer_.count_values(known.options->max_values);
        if (!known.is_host && known.options->flags & FK_OPEN_RAW_STRINGS) peer_.raw_strings();
    }

    Peer &peer() noexcept { return peer_; }
    // The child will hear no more.
    void hang_up() noexcept {
        peer_.attach(child_.descriptors().in, -1);
        child_.close_input();
    }
    // Why it was ended, if it was here.
    const std::string &problem() const noexcept { return problem_; }

    // A use of the VM begins. What of a foreign child could not be used since then, as the end of a
    // message: why an answer may not have come.
    void forget_unusable() noexcept;
    std::string unusable() const;

    // Takes what is there without waiting, as owner.wait() does not: a part of it where it is much,
    // and in all no more than one message may have, until once nothing is there.
    fk_status take_what_is_there(const Watch &watch) noexcept;

    void note_bytes() noexcept;                // for fill()
    void fill(fk_stats *stats) const noexcept; // from any thread

    // PeerOwner
    fk_status wait(bool also_writable) noexcept override { return owner_.wait(also_writable); }
    ssize_t read(int, char *to, size_t size) noexcept override { return child_.read(to, size); }
    ssize_t write(int, const char *bytes, size_t size) noexcept override {
        return child_.write(bytes, size);
    }
    fk_status request(Peer &peer, const RpcMessage &message) noexcept override;
    fk_status notification(Peer &peer, const RpcMessage &message) noexcept override;
    bool takes_broken_answers() const noexcept override { return !known_.is_host; }
    fk_status stray(Peer &peer, std::string_view line, const RpcMessage &message) noexcept override;

  private:
    static constexpr int most_broken = 100;

    fk_status dispatch(const RpcMessage &message, bool notification, fk_answer *answer);
    fk_status answer(int64_t id, fk_status status, const fk_answer &answer) noexcept;
    fk_status take_own(const RpcMessage &message);
    void take_memory(const fk_value &params) noexcept;

    bool output_of(const RpcMessage &message) noexcept;
    void take_output(const fk_value &params) noexcept;
    void write_line(fk_level level, const fk_value *first, const fk_value &params) noexcept;

    fk_status broken_by_host(std::string_view line, const RpcMessage &message);
    fk_status take_stray(Peer &peer, std::string_view line, const RpcMessage &message);
    void report_dropped(std::string_view line, const RpcMessage &message);

    const Known &known_;
    const Handshake &handshake_;
    Child &child_;
    ConversationOwner &owner_;
    Peer peer_;
    std::string problem_;
    int broken_ = 0;
    uint64_t quiet_at_ = 0; // bytes that had come when nothing more was there
    struct {
        uint64_t lines = 0, messages = 0, bytes_before = 0;
        std::string last; // of them
    } unusable_;
    std::atomic<uint64_t> dropped_{0}, memory_{0}, memory_peak_{0}, bytes_in_{0}, bytes_out_{0};
};

} // namespace fkvm
