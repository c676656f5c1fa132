// SPDX-License-Identifier: MIT
// Where no signal can be had for it (Windows, macOS, OpenBSD): a hook that counts does its work.
#include "fk_vm.h"
#include "signals.h"

namespace fkvm {

bool InterruptSignal::take(int wanted, void (*)(int)) noexcept {
    return wanted == 0 || wanted == FK_NO_SIGNAL;
}

void InterruptSignal::give_back() noexcept {}
bool InterruptSignal::is_handled_by(void (*)(int)) const noexcept { return false; }
void InterruptSignal::unblock() const noexcept {}
void InterruptSignal::go_to_this_thread() noexcept {}
void InterruptSignal::send() const noexcept {}
bool InterruptSignal::fetch() const noexcept { return false; }

} // namespace fkvm
