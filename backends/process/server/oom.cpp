// SPDX-License-Identifier: MIT
#include "oom.h"

#include "child_process.h"

#include <atomic>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr uint64_t unknown = UINT64_MAX;
std::atomic<uint64_t> seen{unknown};

uint64_t count() noexcept {
    const Fd file(::open("/proc/vmstat", O_RDONLY | O_CLOEXEC));
    char text[16 << 10];
    size_t size = 0;
    for (ssize_t n; file && size < sizeof text &&
                    (n = ::read(file.get(), text + size, sizeof text - size)) > 0;)
        size += static_cast<size_t>(n);
    return oom_kills_in({text, size});
}

} // namespace

uint64_t oom_kills_in(std::string_view vmstat) noexcept {
    constexpr std::string_view name = "\noom_kill ";
    const size_t at = vmstat.find(name);
    uint64_t number = 0;
    if (at != std::string_view::npos)
        std::from_chars(vmstat.data() + at + name.size(), vmstat.data() + vmstat.size(), number);
    return number;
}

void watch_oom_killer() noexcept {
    if (seen.load(std::memory_order_relaxed) != unknown) return;
    uint64_t none = unknown;
    seen.compare_exchange_strong(none, count());
}

bool oom_killer_was_here() noexcept {
    const uint64_t now = count();
    return seen.exchange(now) < now;
}

} // namespace fkvm
