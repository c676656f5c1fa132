// SPDX-License-Identifier: MIT
#include "confine.h"

#include "process/build_tools.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr rlim_t most_files = 256, enough_stack = 8 << 20;
constexpr int oom_points = 500; // of 1000: the kernel takes children first, and the server lives

constexpr bool counts_data =
    !has_address_sanitizer; // its shadow memory is private and writable, all terabytes of it
constexpr rlim_t largest_file = spares_tools ? 64 << 20 : 0;

using Resource = decltype(RLIMIT_CORE); // an enum of glibc, an int of musl

// Never above what the server itself has.
void lower(Resource resource, rlim_t limit) noexcept {
    rlimit now;
    if (::getrlimit(resource, &now) != 0) return;
    now.rlim_cur = std::min(now.rlim_cur, limit);
    now.rlim_max = std::min(now.rlim_max, limit);
    ::setrlimit(resource, &now);
}

// A server may run with little stack; Lua's recursion is bounded for what is usual.
void raise_stack() noexcept {
    rlimit now;
    if (::getrlimit(RLIMIT_STACK, &now) != 0 || now.rlim_cur >= enough_stack) return;
    now.rlim_cur = std::min(enough_stack, now.rlim_max);
    ::setrlimit(RLIMIT_STACK, &now);
}

void offer_to_oom_killer() noexcept {
    const int file = ::open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    char text[16];
    const ssize_t n = ::read(file, text, sizeof text - 1);
    int points = 0;
    bool negative = false;
    for (ssize_t i = 0; i < n; i++) {
        if (text[i] == '-') negative = true;
        if (text[i] >= '0' && text[i] <= '9') points = points * 10 + (text[i] - '0');
    }
    points = std::min((negative ? -points : points) + oom_points, 1000);
    char out[16];
    char *end = out + sizeof out, *begin = end;
    for (int rest = std::abs(points); begin == end || rest; rest /= 10)
        *--begin = static_cast<char>('0' + rest % 10);
    if (points < 0) *--begin = '-';
    const ssize_t written = ::pwrite(file, begin, static_cast<size_t>(end - begin), 0);
    (void)written;
    ::close(file);
}

} // namespace

Confinement confinement_of(const fk_vm_options &options) noexcept {
    Confinement result;
    result.restricted = options.sandbox != FK_SANDBOX_TRUSTED;
    if (!counts_data || options.memory_limit == FK_NO_LIMIT_64) return result;
    // Lua's allocator rounds sizes up and keeps what was freed; a message stands there as text and
    // as values.
    const uint64_t rounding = options.memory_limit / 4, program = 64 << 20;
    const uint64_t room =
        rounding + program + uint64_t{options.max_message} * 3 + uint64_t{options.max_values} * 64;
    result.data =
        options.memory_limit > RLIM_INFINITY - room ? RLIM_INFINITY : options.memory_limit + room;
    return result;
}

void confine(const Confinement &confinement) noexcept {
    offer_to_oom_killer();
    raise_stack();
    if (confinement.data != RLIM_INFINITY) lower(RLIMIT_DATA, confinement.data);
    if (!confinement.restricted) return;
    lower(RLIMIT_CORE, 0);
    lower(RLIMIT_FSIZE, largest_file);
    lower(RLIMIT_NOFILE, most_files);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

} // namespace fkvm
