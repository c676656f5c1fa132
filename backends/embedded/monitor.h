// SPDX-License-Identifier: MIT
// One thread for all embedded VMs with a time limit. It sleeps until the first moment at which any of them
// could reach its limit; calls do not wake it.
#pragma once

namespace fkvm {

class Interrupter;

bool watch(Interrupter *interrupter) noexcept; // false: no thread or memory
void unwatch(Interrupter *interrupter) noexcept;

} // namespace fkvm
