// SPDX-License-Identifier: MIT
// Builds for tests: the leak checker forks, traces and reads /proc, coverage is written at exit. Their children
// keep that much more freedom.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FKVM_SPARES_TOOLS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(FKVM_COVERAGE)
#define FKVM_SPARES_TOOLS 1
#endif

namespace fk {

#ifdef FKVM_SPARES_TOOLS
constexpr bool spares_tools = true;
#else
constexpr bool spares_tools = false;
#endif

} // namespace fk
