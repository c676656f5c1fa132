// SPDX-License-Identifier: MIT
// The VM of a child: the embedded backend on one side, a peer on the other. To the backend it is
// the host's handle, so this end of the pipe gives fk_vm its body. What the backend may ask is in
// host.cpp, what the server says in messages.cpp, opening and ending in vm.cpp.
#pragma once

#include "fk_backend.h"
#include "sandbox.h"
#include "streams.h"
#include "template.h"
#include "ticker.h"
#include "wire/peer.h"
#include "work_limits.h"

#include <string>

struct fk_vm final : fkvm::PeerOwner {
  public:
    // of: the template that this process is until it has been copied; NULL: none.
    fk_vm(const char *name, const fkvm::ProtocolStreams &streams, fkvm::Template *of,
          const fk_vm_options &options, fkvm::Sandbox &sandbox) noexcept;
    ~fk_vm();

    void merge_repeats() noexcept { peer_.merge_repeats(); }
    bool tick_by_thread(int in) noexcept { return ticker_.use_thread(in); }

    int run(); // the whole conversation; returns the exit code

    // PeerOwner
    fk_status wait(bool also_writable) noexcept override;
    fk_status request(fkvm::Peer &peer, const fkvm::RpcMessage &message) noexcept override;
    fk_status notification(fkvm::Peer &peer, const fkvm::RpcMessage &message) noexcept override;
    fk_status stray(fkvm::Peer &peer, std::string_view line,
                    const fkvm::RpcMessage &message) noexcept override;

    // fk_host, see host.cpp
    fk_status dispatch(std::string_view method, const fk_value *params, bool notification,
                       fk_answer *answer) noexcept;
    fk_status result(const fk_value *value) noexcept;
    void output(fk_level level, std::string_view text) noexcept;
    fk_status fail(fk_status status, const fk_failure *failure) noexcept;
    fk_status must_end() const noexcept { return limits_.must_end(); }

    void interrupt() noexcept; // from any thread, and from a signal handler

  private:
    // A piece of work, and what lives as long as it.
    struct Frame {
        Frame(fk_vm &vm, fkvm::Work work, int64_t id) noexcept;
        ~Frame();

        fk_vm &vm;
        Frame *const outer;
        const int64_t id; // of the request to be answered, or 0
        fkvm::Limits::Piece piece;
        fkvm::Peer::Kept answer; // of the last host method
        std::string answer_text;
        bool answered = false;
    };

    // The last failure of the backend.
    struct Failure {
        fk_status status = FK_OK;
        int32_t code = 0;
        std::string message, traceback;
    };

    fk_status load() noexcept;
    void say_starting() noexcept;
    void say_hello() noexcept;
    int say_failure(fk_status status) noexcept;
    int give_up_strict() noexcept;
    int end(fk_status why) noexcept;
    void let_go() noexcept;
    void become_copy() noexcept;

    fk_status call_server(std::string_view method, const fk_value *params,
                          fk_answer *answer) noexcept;
    fk_status notify_server(std::string_view method, const fk_value *params) noexcept;
    fk_status refuse(fk_answer *answer, int32_t code, std::string_view why) noexcept;
    fk_status answer_error(fkvm::Peer &peer, int64_t id) noexcept;
    void keep_room_in_template() noexcept;
    void say_output(fk_level level, std::string_view text) noexcept;
    void finish_output() noexcept;
    [[noreturn]] void leave(fk_status why) noexcept;

    void beat() noexcept;
    void look_for_server() noexcept;
    [[noreturn]] void give_up() noexcept;
    void tidy() noexcept;
    void report_memory() noexcept;
    std::string too_long(const char *what) const;

    static constexpr size_t most_kept = 1 << 20; // that a template's loading may say

    const char *const name_;
    fk_vm_options options_; // a copy of a template gets its limits late
    fkvm::Sandbox &sandbox_;
    fkvm::Template *template_;
    const fk_backend &backend_;
    void *state_ = nullptr; // of the backend
    int in_;
    fkvm::Peer peer_;
    fkvm::Limits limits_{options_};
    fkvm::Ticker ticker_;
    Frame *frame_ = nullptr;
    Failure failure_;
    std::string unfinished_[FK_LEVEL_CRITICAL + 1]; // by level
    bool has_unfinished_ = false;
    uint32_t host_calls_ = 0; // of the outermost piece of work
    uint64_t reported_ = 0, silent_ns_ = 0;
    int idle_periods_ = 0;
    bool done_ = false;
};

namespace fkvm {

// What the backend may ask of this end of the pipe.
extern const fk_host child_host;

} // namespace fkvm
