// SPDX-License-Identifier: MIT
// A VM in a child: what a backend's table asks of it, by means of its parts. Each of them has an
// idea of its own: source, handshake, conversation, patience, words, death.
#pragma once

#include "child_source.h"
#include "conversation.h"
#include "death.h"
#include "patience.h"
#include "words.h"

#include <map>
#include <optional>

namespace fkvm {

class ChildVm : public ConversationOwner {
  public:
    ChildVm(fk_vm *vm, const fk_host *host, const fk_vm_options *options, ChildSource &source)
        : known_{vm, host, options, {}}, source_(source), child_(source.child()) {}

    fk_status open();
    fk_status call(const char *method, const fk_value *params);
    fk_status notify(const char *method, const fk_value *params);
    fk_status begin(const char *method, const fk_value *params, uint64_t ticket);
    fk_status poll();
    fk_status close();
    int fd() const noexcept { return watch_.fd(); }
    void stats(fk_stats *stats) const noexcept;
    fk_status interrupt(fk_status reason) noexcept;    // from any thread
    void kill() const noexcept { child_.kill_soon(); } // likewise, once it is open

    // Nothing may be thrown through the table, nor through the peer.
    template <class Work>
    fk_status guarded(Work work) noexcept {
        try {
            return work();
        } catch (...) {
            return known_.fail(FK_NO_MEMORY, "out of memory", death_.has_come());
        }
    }

    // ConversationOwner
    fk_status wait(bool also_writable) noexcept override;
    fk_status before_answer() noexcept override;
    bool answered(const RpcMessage &message) noexcept override;
    fk_status handshake(Handshake::Part part, const RpcMessage &message) override;

  private:
    static constexpr int exit_grace_ms = 200; // between the end of its stream and its exit

    // One use of the VM.
    class Turn {
      public:
        enum Kind { Waits, Polls };
        Turn(ChildVm &vm, Kind kind) noexcept;
        ~Turn();
        Turn(const Turn &) = delete;
        Turn &operator=(const Turn &) = delete;

      private:
        ChildVm &vm_;
        const bool polled_;
    };

    fk_status start();
    fk_status not_watched(int error);
    fk_status greet();
    fk_status loading_failed(const RpcMessage &message);
    fk_status take(const RpcMessage &answer);
    void take_begun(uint64_t ticket, const RpcMessage &answer);
    fk_status unreadable(const RpcMessage &answer);
    fk_status too_long(const char *method);
    fk_status look_at_limits(int *wait_ms) noexcept;

    // What the peer returned ends the VM, during that call (nullptr: none).
    fk_status ended(fk_status status, const char *method) noexcept;
    fk_status ended_during(fk_status status, const char *method);
    void end_child() noexcept;
    fk_status left_alone();

    Known known_;
    ChildSource &source_;
    Child &child_; // of it
    Patience patience_{child_};
    Watch watch_;
    Words words_{known_, child_, watch_};
    Handshake handshake_{known_};
    Death death_{known_, child_};
    std::optional<Conversation> conversation_;
    std::atomic<const Peer *> ready_peer_{nullptr}; // for interrupt()
    std::string method_;                            // called last
    std::map<int64_t, uint64_t> begun_;             // tickets by the ids of requests
    bool loading_failed_ = false;
    bool polling_ = false;       // nothing may be waited for
    int depth_ = 0;              // of uses
    uint64_t closing_until_ = 0; // not 0: fk_vm_close runs
};

} // namespace fkvm
