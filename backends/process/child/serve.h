// SPDX-License-Identifier: MIT
// The child's side of the process backend: one VM, served to the parent on stdin and stdout.
#pragma once

namespace fkvm {

// Opens the script with the parent's settings, answers until `bye` or the end of stdin; the exit
// code. name: of this program, for hello.
int serve_child(const char *name, const char *script) noexcept;

// Loads the script once and copies this process for every VM that the parent asks for on the socket
// that is its stdin, until it has not asked for idle_ms; the exit code, in the template and in each
// copy.
int serve_template(const char *name, int idle_ms, const char *script) noexcept;

} // namespace fkvm
