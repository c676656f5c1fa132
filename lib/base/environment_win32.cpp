// SPDX-License-Identifier: MIT
#include "environment.h"

#include "win32.h"

#include <mutex>
#include <set>

namespace fkvm {

// Values are kept for good, as those of getenv(): there are few.
const char *environment(const char *name) noexcept try {
    static std::mutex mutex;
    static auto *const values = new std::set<std::string>; // never freed: VMs may close at exit
    const std::wstring wanted = wide(name);
    const DWORD room = ::GetEnvironmentVariableW(wanted.c_str(), nullptr, 0);
    if (room <= 1) return nullptr;
    std::wstring value(room, L'\0');
    value.resize(::GetEnvironmentVariableW(wanted.c_str(), value.data(), room));
    const std::lock_guard lock(mutex);
    return values->insert(narrow(value)).first->c_str();
} catch (...) { // out of memory
    return nullptr;
}

} // namespace fkvm
