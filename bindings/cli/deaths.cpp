// SPDX-License-Identifier: MIT
// What to do about a dead VM. docs/deaths.md tells it at length.
#include "deaths.h"

namespace cli {

const Death deaths[] = {
    {FK_DEATH_EXIT, "the child ended by itself",
     "read its last words in the error; a foreign child must answer until it is told bye"},
    {FK_DEATH_SIGNAL, "it crashed, or somebody killed it",
     "open another VM; FK_VM_CRASH_DIR keeps what it did last (fkvm crash), FK_VM_TRACE all of it"},
    {FK_DEATH_OUT_OF_MEMORY, "killed, not by fkvm, while the system ran out of memory",
     "lower memory_limit, or the number of VMs, until all of them fit; see the kernel's log "
     "(dmesg)"},
    {FK_DEATH_MEMORY_LIMIT, "memory outside Lua's own passed the child's part of memory_limit",
     "raise memory_limit, or find the C module that takes it"},
    {FK_DEATH_TIMEOUT, "it did not end a call that had reached its time limit",
     "find what spins in C (a pattern, a sort, a __gc) by the method in the error; else raise "
     "call_timeout"},
    {FK_DEATH_INTERRUPT, "it did not end a call that was interrupted", "as for TIMEOUT"},
    {FK_DEATH_PROTOCOL, "it broke the wire protocol",
     "fkvm-host: update it together with the library; a foreign child: mend it by "
     "docs/protocol.md, FK_VM_TRACE shows the messages"},
    {FK_DEATH_UNKNOWN, "its exit status was reaped elsewhere in the server",
     "let the server wait for its own children only: no waitpid(-1), no SIGCHLD set to SIG_IGN"},
    {FK_DEATH_OPERATOR, "an operator closed it through the status socket",
     "ask who uses fkvm top; its owner closes it and opens another"},
    {FK_DEATH_NONE, nullptr, nullptr}};

const Death *find_death(const std::string &name) {
    for (const Death *death = deaths; death->cause; death++)
        if (name == fk_death_name(death->cause)) return death;
    return nullptr;
}

} // namespace cli
