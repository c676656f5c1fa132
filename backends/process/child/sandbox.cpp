// SPDX-License-Identifier: MIT
#include "sandbox.h"

#include "embedded/embedded.h"
#include "landlock.h"
#include "process/build_tools.h"
#include "seccomp.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace fkvm {
namespace {

// Did the launcher set what it sets at this level? At `trusted` that is the memory alone.
bool has_limits(bool restricted) noexcept {
    const auto limited = [](auto resource) {
        rlimit now;
        return ::getrlimit(resource, &now) == 0 && now.rlim_max != RLIM_INFINITY;
    };
    if (!restricted) return limited(RLIMIT_DATA);
    return limited(RLIMIT_CORE) && limited(RLIMIT_FSIZE) && limited(RLIMIT_NOFILE);
}

std::vector<std::string> readable_paths(const fk_vm_options &options) {
    auto paths = reach_of(options).paths();
    for (const char *device : {"/dev/null", "/dev/urandom"}) paths.emplace_back(device);
    if (spares_tools) paths.emplace_back(folder_of_tools);
    return paths;
}

} // namespace

void Sandbox::note(bool done, const char *part, const std::string &problem) {
    std::string &list = done ? reached_ : missing_;
    if (!list.empty()) list += done ? "+" : ", ";
    list += done ? part : problem;
}

void Sandbox::enter(const fk_vm_options &options) {
    std::string problem;
    note(has_limits(restricted()), "rlimit",
         "rlimit (set by fkvm's process backend; this child was started by hand)");
    if (!restricted()) return;
    if (!spares_tools) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    note(landlock_read_only(readable_paths(options), &problem), "landlock", problem);
    calls_forbidden_ = forbid_system_calls(&problem);
    if (!calls_forbidden_) note(false, "seccomp", problem);
}

void Sandbox::prepare_copies() {
    std::string problem;
    if (!calls_forbidden_) return;
    is_prepared_ = prepare_forbid_processes(&problem);
    note(is_prepared_, "seccomp", problem);
}

void Sandbox::confine_copy() const noexcept {
    if (is_prepared_ && !forbid_processes_as_prepared()) ::_exit(1);
}

void Sandbox::forbid_processes() {
    std::string problem;
    if (!restricted() || !calls_forbidden_) return;
    note(fkvm::forbid_processes(&problem), "seccomp", problem);
}

} // namespace fkvm
