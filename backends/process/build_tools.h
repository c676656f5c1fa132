// SPDX-License-Identifier: MIT
// Builds for tests: the leak checker forks, traces and reads /proc, coverage is written at exit.
// Their children keep that much more freedom.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define FKVM_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FKVM_HAS_ASAN 1
#endif
#endif

namespace fkvm {

#ifdef FKVM_HAS_ASAN
constexpr bool has_address_sanitizer = true;
#else
constexpr bool has_address_sanitizer = false;
#endif

#ifdef FKVM_COVERAGE
constexpr bool spares_tools = true;
constexpr const char *folder_of_tools = FKVM_COVERAGE; // where the counts are
#else
constexpr bool spares_tools = has_address_sanitizer;
constexpr const char *folder_of_tools = "/proc";
#endif

} // namespace fkvm
