// SPDX-License-Identifier: MIT
// The flight recorder: the last messages of a VM, always on, for the report of its death. A ring of
// fixed slots in pages of its own: no allocation a message, and no page before a message lies in
// it. A message keeps its method and the beginning of its values, not all of them; the trace
// (FK_VM_TRACE) keeps all.
#pragma once

#include "fk_vm.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fkvm {

class Recorder {
  public:
    static constexpr uint32_t slots = 1000;

    // From Output on: a line of output, by its level.
    enum Kind : uint8_t {
        Call,
        Notify,
        Result,
        Error,
        HostCall,
        HostNotify,
        HostResult,
        HostError,
        Output
    };

    static Kind output(fk_level level) noexcept {
        return static_cast<Kind>(static_cast<int>(Output) + static_cast<int>(level));
    }

    Recorder() noexcept = default;
    ~Recorder();
    Recorder(const Recorder &) = delete;
    Recorder &operator=(const Recorder &) = delete;

    void turn_off() noexcept { off_ = true; }

    // ns: of CLOCK_MONOTONIC. text: the method, an error's message, or output. value: params or a
    // result; may be NULL.
    void add(Kind kind, uint64_t ns, std::string_view text, const fk_value *value) noexcept;

    uint64_t total() const noexcept { return total_; } // ever added

    // One line of JSON for each message kept, oldest first; ns since `start`; cut: a part of it was
    // not kept. {"n":7,"ns":12,"kind":"call","method":"resume","params":[1,"done"],"cut":false} {..
    // "kind":"result","result":true ..}, {.. "kind":"error","message":"..." ..}, {..
    // "kind":"print","text":"..." ..}
    std::string lines(uint64_t start) const;

  private:
    struct Slot;
    bool reserve() noexcept;

    Slot *ring_ = nullptr;
    uint32_t next_ = 0;
    bool off_ = false;
    uint64_t total_ = 0;
};

} // namespace fkvm
