// SPDX-License-Identifier: MIT
#include "system.h"

#include <sys/utsname.h>
#include <unistd.h>

namespace fkvm {

long process_id() noexcept { return static_cast<long>(::getpid()); }

std::string system_name() {
    utsname name{};
    ::uname(&name);
    return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

std::tm utc(std::time_t time) noexcept {
    std::tm result{};
    ::gmtime_r(&time, &result);
    return result;
}

} // namespace fkvm
