// SPDX-License-Identifier: MIT
// What a child says of itself before it is a VM: its protocol, what runs scripts, how far it is
// confined; or why its script could not be loaded.
#pragma once

#include "known.h"
#include "wire/rpc.h"

#include <atomic>

namespace fkvm {

class Handshake {
  public:
    enum class Part { None, Starting, Hello, Failed };

    explicit Handshake(const Known &known) noexcept : known_(known) {}

    // Which part of it a notification of that name is now. None: of the conversation.
    Part part(std::string_view method) const noexcept;

    // From here on only names with $/ are the protocol's, all others the scripts'.
    void take_starting() noexcept { strict_names_ = true; }
    // Not FK_OK: problem() says why this child is not to be had.
    fk_status take_hello(const RpcMessage &hello);

    bool is_over() const noexcept { return over_; }
    bool strict_names() const noexcept { return strict_names_; }
    const char *sandbox() const noexcept { return sandbox_.c_str(); }
    const char *runtime() const noexcept { return runtime_.c_str(); }
    const std::string &problem() const noexcept { return problem_; }

    // It ends what it does at SIGINT, and lives on. From any thread.
    bool polite() const noexcept { return polite_.load(std::memory_order_relaxed); }
    void be_polite(bool yes) noexcept { polite_.store(yes, std::memory_order_relaxed); }

  private:
    static constexpr size_t longest_runtime = 200;

    void take_runtime(const fk_value &about);
    fk_status check_protocol(const fk_value *version);
    fk_status check_sandbox();

    const Known &known_;
    std::string sandbox_ = "rlimit"; // what every child gets; one that does more says so
    std::string runtime_, problem_;
    bool over_ = false, strict_names_ = false;
    std::atomic<bool> polite_{false};
};

// What "$/failed" says: the child's own error of loading the script.
struct LoadingFailure {
    fk_status status = FK_OPEN_FAILED;
    std::string message, traceback;
};
LoadingFailure read_loading_failure(const RpcMessage &message);

} // namespace fkvm
