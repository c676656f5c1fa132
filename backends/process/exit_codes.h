// SPDX-License-Identifier: MIT
// What both ends of the process backend know of how a child of ours ends.
#pragma once

namespace fkvm {

// The exit code of a child whose memory outside Lua's own has reached what the system gives it.
constexpr int out_of_memory_exit = 81;

// ... whose work went on after its limit or an interrupt, and could not be stopped.
constexpr int not_stopped_exit = 82;

} // namespace fkvm
