// SPDX-License-Identifier: MIT
#include "fork.h"

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

namespace fkvm {
namespace {

uint64_t generation = 1;

#if __has_include(<pthread.h>)
[[maybe_unused]] const int registered = pthread_atfork(nullptr, nullptr, [] { generation++; });
#endif

} // namespace

uint64_t process_generation() noexcept { return generation; }

} // namespace fkvm
