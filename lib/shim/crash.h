// SPDX-License-Identifier: MIT
// The reports of a VM: with FK_VM_CRASH_DIR=DIR a folder DIR/fkvm-TIME-PID-N with report.json and
// messages.jsonl (docs/crash.md). Whatever goes wrong with it hurts neither the server nor the
// error that is reported.
#pragma once

#include "fk_vm.h"

#include <string>

namespace fkvm {

// What there is to report; texts may be NULL.
struct Failure {
    fk_status status;
    const char *message, *traceback;
    int32_t exit_status;
    fk_death death;
    bool vm_dead;
};

class CrashFolder {
  public:
    void take(); // reads the environment; from then on the server may change its directory

    // Writes the report of vm's failure, if it is one to report and the first of its kind: a death,
    // or a limit that the VM survived. What to add to the message, "" if nothing was to be written.
    std::string report(const fk_vm *vm, const Failure &failure) noexcept;

  private:
    bool due(const fk_vm *vm, const Failure &failure) noexcept;

    std::string path_; // empty: no reports
    bool death_reported_ = false, limit_reported_ = false;
};

} // namespace fkvm
