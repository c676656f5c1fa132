// SPDX-License-Identifier: MIT
#include "system.h"
#include "win32.h"

#include <winternl.h>

namespace fkvm {
namespace {

const char *machine() noexcept {
#if defined(__x86_64__)
    return "x86_64";
#elif defined(__aarch64__)
    return "aarch64";
#else
    return "x86";
#endif
}

// GetVersionEx tells programs without a manifest of an older Windows.
using GetVersion = LONG(WINAPI *)(OSVERSIONINFOW *);

} // namespace

long process_id() noexcept { return static_cast<long>(::GetCurrentProcessId()); }

std::string system_name() {
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    const HMODULE system = ::GetModuleHandleW(L"ntdll.dll");
    if (const auto get = reinterpret_cast<GetVersion>(
            reinterpret_cast<void *>(::GetProcAddress(system, "RtlGetVersion"))))
        get(&version);
    return "Windows " + std::to_string(version.dwMajorVersion) + "." +
           std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber) +
           " " + machine();
}

std::tm utc(std::time_t time) noexcept {
    std::tm result{};
    ::gmtime_s(&result, &time);
    return result;
}

} // namespace fkvm
