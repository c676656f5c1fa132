// SPDX-License-Identifier: MIT
// Brings the scripts of a VM into this machine's store, from the server that wants it.
#pragma once

#include "lent_vm.h"
#include "nats/scripts/incoming_set.h"
#include "nats/scripts/script_store.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace fkvm {

class Fetcher {
  public:
    explicit Fetcher(const std::string &folder) : store_(folder) {} // throws ScriptsError

    // The folder of that set. Throws ScriptsError.
    std::string folder(LentVm &vm, const std::string &id, uint64_t until);

  private:
    static std::string next(LentVm &vm, char kind, uint64_t until);
    std::string manifest(LentVm &vm, const Digest &id, uint64_t until);
    void fetch(LentVm &vm, IncomingSet &incoming, uint64_t until);
    std::shared_ptr<std::mutex> turn(const Digest &id);

    ScriptStore store_;
    std::mutex mutex_;
    std::map<Digest, std::weak_ptr<std::mutex>> turns_; // who fetches a set: others wait for it
};

} // namespace fkvm
