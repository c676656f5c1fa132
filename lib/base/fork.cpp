// SPDX-License-Identifier: MIT
#include "fork.h"

#if !defined(_WIN32) // which has no fork()
#include <pthread.h>
#endif

namespace fkvm {
namespace {

uint64_t generation = 1;

#if !defined(_WIN32)
[[maybe_unused]] const int registered = pthread_atfork(nullptr, nullptr, [] { generation++; });
#endif

} // namespace

uint64_t process_generation() noexcept { return generation; }

} // namespace fkvm
