// SPDX-License-Identifier: MIT
// The RPC trace: with FK_VM_TRACE=FILE every message between server and VM becomes one line of JSON
// there, on every backend: {"pid":4711,"vm":1,"ns":12345,"to":"vm"|"server","rpc":{...}}. A VM's
// first line is the request $/open with its options, whose answer says what came of it; $/close is
// its last call. So `fkvm replay` can do it again. Between messages a line with "state" in place of
// "to" and "rpc" says what no message tells: memory, idle work, time of host methods.
#pragma once

#include "base/buffer.h"
#include "base/fd.h"
#include "fk_vm.h"
#include "methods.h"
#include "output.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace fkvm {

class Trace {
  public:
    // nullptr if FK_VM_TRACE is not set; a file that cannot be opened is a recorded FK_OPEN_FAILED.
    // If it cannot be written later, one record of the output says so, and the trace ends.
    static bool open(std::unique_ptr<Trace> *trace, Output &output);

    enum Direction { ToVm, ToServer };
    // id 0: a notification.
    void request(Direction to, std::string_view method, const fk_value *params,
                 int64_t id) noexcept;
    void result(Direction to, int64_t id, const fk_value &result) noexcept;
    void error(Direction to, int64_t id, int64_t code, std::string_view message,
               const fk_value *data = nullptr) noexcept;
    void
    failure(int64_t id,
            const fk_error &error) noexcept; // of the VM's own, with all but what is the caller's
    int64_t next_id() noexcept { return ++last_id_; }

    int64_t opening(const fk_vm_options &options); // the id for opened() or failure()
    void opened(int64_t id, const fk_stats &stats) noexcept;
    void closing() noexcept { request(ToVm, "$/close", nullptr, 0); }

    // Whether the latest state is so old that another is worth its line.
    bool is_state_due() const noexcept;
    uint64_t messages() const noexcept { return messages_; }
    // idle_ns: how long fk_vm_poll() worked until now. methods: at the end, what each has cost.
    void state(const fk_stats &stats, uint64_t idle_ns, const Methods *methods) noexcept;

  private:
    Trace(Fd file, Output &output) noexcept;
    void begin() noexcept;
    void begin(Direction to) noexcept;
    void end() noexcept;
    void give_up(int error) noexcept;

    Fd file_;
    Output &output_;
    int vm_;
    int64_t last_id_ = 0;
    uint64_t start_, last_state_, messages_ = 0;
    Buffer line_;
};

} // namespace fkvm
