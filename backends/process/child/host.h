// SPDX-License-Identifier: MIT
// The child between its VM and the parent: an embedded VM behind a peer, so that scripts meet the same conversions, sandbox and
// facilities as in the server. Its opening and its end are in host.cpp, what is said meanwhile in host_messages.cpp.
#pragma once

#include "fk_backend.h"
#include "idle.h"
#include "sandbox.h"
#include "streams.h"
#include "template.h"
#include "wire/peer.h"

#include <string>

namespace fkvm {

class Host final : public PeerOwner {
  public:
    Host(const char *name, const ProtocolStreams &streams, const fk_vm_options &options,
         Sandbox &sandbox) noexcept
        : name_(name), sandbox_(sandbox), max_message_(options.max_message),
          peer_(streams.in, streams.out, options.max_message, options.max_values, *this) {}
    Host(const char *name, Template &of, const fk_vm_options &options, Sandbox &sandbox) noexcept
        : name_(name), sandbox_(sandbox), template_(&of), max_message_(options.max_message),
          peer_(-1, -1, options.max_message, options.max_values, *this) {}

    void merge_repeats() noexcept { peer_.merge_repeats(); }

    int run(fk_vm_options options); // the whole conversation; returns the exit code

    fk_status wait(bool also_writable) noexcept override;
    fk_status request(Peer &peer, const RpcMessage &message) noexcept override;
    fk_status notification(Peer &peer, const RpcMessage &message) noexcept override;
    fk_status stray(Peer &peer, std::string_view line, const RpcMessage &message) noexcept override;

  private:
    static fk_status call_server(void *self, fk_request *request, const fk_value *params);
    static void print(void *self, fk_level level, const char *text, size_t size);

    void in_template(const fk_request *request, const fk_value *params) noexcept;
    fk_status say(const char *method, const fk_value *params) noexcept;
    struct Busy { // with a message
        explicit Busy(Host &host) noexcept : host_(host) {
            host_.depth_++;
            host_.idle_periods_ = 0;
            host_.idle_.busy();
        }
        ~Busy() { host_.depth_--; }
        Host &host_;
    };

    void tidy() noexcept;
    void say_hello() noexcept;
    int say_failure() noexcept;
    int say_failure(const char *status, const std::string &message, const char *traceback) noexcept;
    void report_memory() noexcept;
    fk_status answer_error(Peer &peer, int64_t id) noexcept;
    std::string too_long(const char *what) const {
        return std::string(what) + ": the message would be longer than max_message, " +
               std::to_string(max_message_) + " bytes";
    }

    static constexpr size_t most_kept = 1 << 20; // that a template's loading may say

    const char *name_;
    Sandbox &sandbox_;
    Template *template_ = nullptr; // until it has become a VM
    uint32_t max_message_;
    Peer peer_;
    fk_vm *volatile vm_ = nullptr; // set while the script is loaded
    IdleTimer idle_;
    int depth_ = 0, idle_periods_ = 0;
    uint64_t reported_ = 0;
    bool done_ = false;
};

} // namespace fkvm
