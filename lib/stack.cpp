// SPDX-License-Identifier: MIT
#include "stack.h"

#include "fkvm/fast_tls.h"

#include <cstdint>

#ifdef __linux__
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace fk {
namespace {

struct Range {
    uintptr_t low = 0, high = 0; // equal: unknown
};

#ifdef __linux__

constexpr uintptr_t page = 4096;

// The main thread's grows down from here to its limit; asking for it costs a walk through /proc.
Range of_main_thread(uintptr_t here) noexcept {
    rlimit limit;
    if (::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
    const uintptr_t high = (here | (page - 1)) + 1;
    return {limit.rlim_cur < high ? high - limit.rlim_cur : 0, high};
}

Range find(uintptr_t here) noexcept {
    if (::getpid() == static_cast<pid_t>(::syscall(SYS_gettid))) return of_main_thread(here);
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
    void *low = nullptr;
    size_t size = 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    return {reinterpret_cast<uintptr_t>(low), reinterpret_cast<uintptr_t>(low) + size};
}

#else

Range find(uintptr_t) noexcept { return {}; }

#endif

} // namespace

Stack this_stack() noexcept {
    static FK_FAST_TLS thread_local Range range;
    static FK_FAST_TLS thread_local bool known = false;
    const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    if (!known) range = find(here);
    known = true;
    if (here < range.low || here >= range.high) return {SIZE_MAX, SIZE_MAX};
    return {range.high - range.low, here - range.low};
}

} // namespace fk
