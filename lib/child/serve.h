// SPDX-License-Identifier: MIT
// The child's side of the process backend: one VM, served to the parent on stdin and stdout.
#pragma once

namespace fk {

// The exit code of a child whose memory outside Lua's own has reached what the system gives it.
constexpr int out_of_memory_exit = 81;

// Opens the script with the parent's settings, answers until `bye` or the end of stdin; the exit code. name:
// of this program, for hello.
int serve_child(const char *name, const char *script) noexcept;

} // namespace fk
