// SPDX-License-Identifier: MIT
// A VM in a child process: the conversation with it, and what becomes of it.
#pragma once

#include "base/pages.h"
#include "child_process.h"
#include "fk_backend.h"
#include "patience.h"
#include "templates.h"
#include "wire/peer.h"

#include <atomic>
#include <optional>
#include <string>

namespace fkvm {

class ProcessVm final : public PeerOwner, public Apart {
  public:
    ProcessVm(fk_vm *vm, const fk_host *host, const fk_vm_options *options)
        : vm_(vm), host_(host), options_(options) {}

    fk_status open();
    fk_status call(const char *method, const fk_value *params);
    fk_status notify(const char *method, const fk_value *params);
    fk_status poll();
    fk_status close();
    int fd() const noexcept { return events_.get(); }
    void stats(fk_stats *stats) const noexcept;
    fk_status interrupt(fk_status reason) noexcept; // from any thread

    // Nothing may be thrown through the table, nor through the peer.
    template <class Work>
    fk_status guarded(Work work) noexcept {
        try {
            return work();
        } catch (...) {
            const fk_failure failure{sizeof failure, "out of memory", nullptr, 0, 0,
                                     dead_,          FK_DEATH_NONE};
            return host_->fail(vm_, FK_NO_MEMORY, &failure);
        }
    }

    // PeerOwner
    fk_status wait(bool also_writable) noexcept override;
    fk_status request(Peer &peer, const RpcMessage &message) noexcept override;
    fk_status notification(Peer &peer, const RpcMessage &message) noexcept override;
    fk_status stray(Peer &peer, std::string_view line, const RpcMessage &message) noexcept override;

  private:
    static constexpr size_t kept_words = 4096; // of its stderr, for messages
    static constexpr int most_broken = 100;
    static constexpr size_t longest_runtime = 200;
    static constexpr int exit_grace_ms = 200; // between the end of its stream and its exit

    fk_status start();
    int launch(const ChildCommand &command);
    int start_anew(ChildCommand command);
    fk_status handshake();
    fk_status too_long(const char *method);
    fk_status dispatch(const RpcMessage &message, bool notification, fk_answer *answer);
    fk_status greeting(const RpcMessage &hello);
    fk_status check_sandbox();
    fk_status loading_failed(const RpcMessage &message);
    void take_memory(const fk_value &params) noexcept;
    void write_line(fk_level level, const fk_value *first, const fk_value &params) noexcept;
    bool output_of(const RpcMessage &message) noexcept;
    void take_output(const RpcMessage &message) noexcept;
    fk_status take_own(const RpcMessage &message);
    fk_status take(const RpcMessage &answer);
    fk_status could_not_kill();
    fk_status serve_what_is_there();
    void watch_output(bool wanted) noexcept;
    fk_status look_at_limits(int *wait_ms) noexcept;
    void fall_asleep() noexcept;
    fk_status ask_before_answer() noexcept;

    void drain_stderr() noexcept;
    void take_words(const char *bytes, size_t size) noexcept;
    void unwatch_stderr() noexcept;
    int make_events() noexcept;

    // Ends the child for good and records why; returns status.
    fk_status die(fk_status status, fk_death cause, std::string message) noexcept;
    fk_status dead(fk_status status) noexcept;                      // tells it again
    fk_status ended(fk_status status, const char *method) noexcept; // from what the peer returned
    fk_status died(const std::string &who, const std::string &during);
    std::string explained(fk_status status, const std::string &who,
                          const std::string &during) const;
    std::string last_words() const;
    void end_child() noexcept;
    void correct(std::string *message) const;

    fk_vm *vm_;
    const fk_host *host_;
    const fk_vm_options *options_;
    Templates::Visit templates_; // before child_: the child goes first
    ChildProcess child_;
    std::optional<Peer> peer_;
    std::atomic<const Peer *> ready_peer_{nullptr}; // for interrupt()
    Fd wake_;                                       // an eventfd: another thread interrupts
    Fd events_;                                     // an epoll of all that fk_vm_poll looks at
    std::string name_;                              // of the child, for messages
    std::string sandbox_ = "rlimit"; // the level reached; a child that does more says so
    std::string runtime_;            // what the child says that it is
    std::string words_;              // the end of its stderr
    std::string method_;             // called last
    std::string problem_; // why wait() or a handler ended the conversation; then the whole story
    fk_death death_ = FK_DEATH_NONE;
    bool is_host_ = false, greeted_ = false, dead_ = false, stderr_open_ = true,
         loading_failed_ = false;
    bool from_template_ = false;
    bool strict_names_ = false; // only names with $/ are the protocol's
    bool polls_ = false, output_watched_ = false;
    std::atomic<bool> polite_{false}; // ends its call at SIGINT and lives on: its hello said so
    Patience patience_{child_};
    int depth_ = 0;              // of calls
    uint64_t closing_until_ = 0; // not 0: fk_vm_close runs
    int broken_ = 0;
    std::atomic<uint64_t> dropped_{0}, memory_{0}, memory_peak_{0}, bytes_in_{0}, bytes_out_{0};
};

} // namespace fkvm
