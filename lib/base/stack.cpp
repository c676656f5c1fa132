// SPDX-License-Identifier: MIT
#include "stack.h"

#ifdef __linux__
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace fkvm {
namespace {

#ifdef __linux__

constexpr uintptr_t page = 4096;

// The main thread's grows down from here to its limit; asking for it costs a walk through /proc.
StackRange of_main_thread(uintptr_t here) noexcept {
    rlimit limit;
    if (::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
    const uintptr_t high = (here | (page - 1)) + 1;
    return {limit.rlim_cur < high ? high - limit.rlim_cur : 0, high, false};
}

StackRange find(uintptr_t here) noexcept {
    if (::getpid() == static_cast<pid_t>(::syscall(SYS_gettid))) return of_main_thread(here);
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
    void *low = nullptr;
    size_t size = 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    return {reinterpret_cast<uintptr_t>(low), reinterpret_cast<uintptr_t>(low) + size, false};
}

#else

StackRange find(uintptr_t) noexcept { return {}; }

#endif

} // namespace

constinit FK_FAST_TLS thread_local StackRange stack_range{};

void find_stack(uintptr_t here) noexcept {
    stack_range = find(here);
    stack_range.looked_for = true;
}

} // namespace fkvm
