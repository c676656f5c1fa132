// SPDX-License-Identifier: MIT
#include "stack.h"

#include <cstring>

#if defined(_WIN32)
#include "win32.h"
#elif defined(__linux__)
#include <cstdio>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace fkvm {
namespace {

#if defined(_WIN32)

bool in_main_thread() noexcept { return false; }

StackRange find(uintptr_t) noexcept {
    ULONG_PTR low, high; // this thread's: fibers have another
    ::GetCurrentThreadStackLimits(&low, &high);
    return {low, high, false};
}

// A stack is one allocation: some pages not yet in use, a guard, and those in use up to its end.
StackRange find_mapping(uintptr_t here) noexcept {
    MEMORY_BASIC_INFORMATION used;
    if (!::VirtualQuery(reinterpret_cast<void *>(here), &used, sizeof used)) return {};
    return {reinterpret_cast<uintptr_t>(used.AllocationBase),
            reinterpret_cast<uintptr_t>(used.BaseAddress) + used.RegionSize, true};
}

#elif defined(__linux__)

constexpr uintptr_t least_page = 4096;
constexpr uintptr_t most_stack = 64
                                 << 20; // of a limitless one: the kernel maps nothing else so near

// The main thread's grows down to its limit.
StackRange of_main_thread(uintptr_t high) noexcept {
    rlimit limit;
    if (::getrlimit(RLIMIT_STACK, &limit) != 0) return {};
    const rlim_t size = limit.rlim_cur == RLIM_INFINITY ? most_stack : limit.rlim_cur;
    return {size < high ? high - static_cast<uintptr_t>(size) : 0, high, true};
}

bool in_main_thread() noexcept { return ::getpid() == static_cast<pid_t>(::syscall(SYS_gettid)); }

StackRange find(uintptr_t here) noexcept {
    if (in_main_thread())
        // What is above costs a walk through /proc.
        return of_main_thread((here | (least_page - 1)) + 1);
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
    void *low = nullptr;
    size_t size = 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    return {reinterpret_cast<uintptr_t>(low), reinterpret_cast<uintptr_t>(low) + size, false};
}

// Neighbours of equal rights are one mapping there, so a stack may seem larger than it is, never
// smaller.
StackRange find_mapping(uintptr_t here) noexcept {
    std::FILE *const maps = std::fopen("/proc/self/maps", "re");
    if (!maps) return {};
    StackRange found{};
    char line[512];
    bool begins = true; // a line may be longer
    bool there = false;
    while (!there && std::fgets(line, sizeof line, maps)) {
        unsigned long low, high;
        there =
            begins && std::sscanf(line, "%lx-%lx", &low, &high) == 2 && here >= low && here < high;
        if (there)
            found =
                std::strstr(line, "[stack]") ? of_main_thread(high) : StackRange{low, high, false};
        begins = std::strchr(line, '\n') != nullptr;
    }
    std::fclose(maps);
    return found;
}

#else

bool in_main_thread() noexcept { return false; }
StackRange find(uintptr_t) noexcept { return {}; }
StackRange find_mapping(uintptr_t) noexcept { return {}; }

#endif

thread_local StackRange own_stack{};

} // namespace

constinit FK_FAST_TLS thread_local StackRange stack_range{};

void find_stack(uintptr_t here) noexcept {
    stack_range = find(here);
    stack_range.looked_for = true;
}

StackRange find_own_stack(uintptr_t here) noexcept {
    if (here >= own_stack.low && here < own_stack.high) return own_stack;
    const StackRange found = find_mapping(here);
    // The main thread was looked at further down: without this each call would look once more.
    if (found.looked_for && in_main_thread())
        stack_range = found;
    else
        own_stack = found;
    return found;
}

void forget_own_stack() noexcept { own_stack = {}; }

} // namespace fkvm
