// SPDX-License-Identifier: MIT
// The nats backend, as a plug-in.
#include "process/server/child_table.h"
#include "remote_source.h"

namespace {

constexpr fk_backend nats_backend = fkvm::ChildTable<fkvm::RemoteSource>::named(
    "nats", "a child on another machine, lent by a worker over NATS ($FK_VM_NATS)");

} // namespace

extern "C" FK_API const fk_backend *fk_backend_entry(uint32_t host_abi) {
    return host_abi == FK_BACKEND_ABI ? &nats_backend : nullptr;
}
