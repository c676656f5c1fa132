// SPDX-License-Identifier: MIT
// What a server asks a worker for: a VM, with options that have their real values. It crosses as
// JSON, as values do (docs/protocol.md).
#pragma once

#include "fk_vm.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fkvm {

struct VmWish {
    std::string server;  // who asks
    uint32_t vm = 0;     // its number there
    std::string scripts; // the set that the VM's directory holds, by its hash
    std::string beside;  // the set that holds the script, if that lies elsewhere
    std::string script;  // its path in the one or the other; or empty
    std::vector<std::string> command, environment, preload;
    std::string globals;
    uint64_t memory_limit = 0;
    uint32_t open_timeout = 0, call_timeout = 0, close_timeout = 0;
    uint32_t max_message = 0, max_values = 0, max_host_calls = 0;
    uint32_t sandbox = 0, flags = 0;

    void take(const fk_vm_options &options); // all but where files are
    std::string text() const;
    // False: it is none; *problem says why.
    bool read(std::string_view text, std::string *problem);
};

// Options that point into a wish and these paths, which outlive them.
class WishedOptions {
  public:
    WishedOptions(const VmWish &wish, const std::string &directory, const std::string &script);
    const fk_vm_options &options() const noexcept { return options_; }

  private:
    static std::vector<const char *> pointers(const std::vector<std::string> &texts);

    std::vector<const char *> command_, environment_, preload_;
    fk_vm_options options_ = FK_VM_OPTIONS_INIT;
};

} // namespace fkvm
