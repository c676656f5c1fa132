// SPDX-License-Identifier: MIT
// For systems with real-time signals and sigtimedwait(): Linux, Android, FreeBSD and NetBSD.
#include "signals.h"

#include "fk_vm.h"

#include <csignal>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <pthread.h>

namespace fkvm {
namespace {

thread_local uint64_t unblocked = 0; // signals that this thread lets through since it called a VM

bool handle(int number, void (*handler)(int)) noexcept {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    return ::sigaction(number, &action, nullptr) == 0;
}

bool is_handled_by(int number, void (*handler)(int)) noexcept {
    struct sigaction now {};
    return ::sigaction(number, nullptr, &now) == 0 && !(now.sa_flags & SA_SIGINFO) &&
           now.sa_handler == handler;
}

// The one that all VMs of this process share which leave the choice to the library.
struct Chosen {
    std::mutex mutex;
    int number = 0, users = 0;

    // From the top: programs that use real-time signals count from SIGRTMIN on.
    int take(void (*handler)(int)) noexcept {
        const std::lock_guard lock(mutex);
        if (users > 0 && is_handled_by(number, handler)) return users++, number;
        for (int candidate = SIGRTMAX - 1; candidate > SIGRTMIN; candidate--) {
            if (!is_handled_by(candidate, SIG_DFL) || !handle(candidate, handler)) continue;
            number = candidate;
            users++;
            return number;
        }
        return 0;
    }

    void give_back(int given) noexcept {
        const std::lock_guard lock(mutex);
        if (--users > 0) return;
        struct sigaction fresh {};
        fresh.sa_handler = SIG_IGN; // one that is still on its way must kill nobody
        ::sigaction(given, &fresh, nullptr);
        fresh.sa_handler = SIG_DFL;
        ::sigaction(given, &fresh, nullptr);
    }
};

Chosen &chosen() noexcept {
    static auto *one = new Chosen; // never freed: VMs may close while the process exits
    return *one;
}

} // namespace

bool InterruptSignal::take(int wanted, void (*handler)(int)) noexcept {
    if (wanted == FK_NO_SIGNAL) return true;
    if (wanted) {
        number_ = wanted;
        return handle(wanted, handler);
    }
    number_ = chosen().take(handler);
    chosen_ = number_ != 0;
    return true;
}

void InterruptSignal::give_back() noexcept {
    if (chosen_) chosen().give_back(number_);
    chosen_ = false;
}

bool InterruptSignal::is_handled_by(void (*handler)(int)) const noexcept {
    return fkvm::is_handled_by(number_, handler);
}

void InterruptSignal::unblock() const noexcept {
    if (!number_) return;
    const uint64_t bit = uint64_t{1} << (number_ - 1);
    if (unblocked & bit) return;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number_);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    unblocked |= bit;
}

void InterruptSignal::go_to_this_thread() noexcept {
    thread_.store(pthread_self(), std::memory_order_relaxed);
}

void InterruptSignal::send() const noexcept {
    pthread_kill(thread_.load(std::memory_order_relaxed), number_);
}

bool InterruptSignal::fetch() const noexcept {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number_);
    const timespec moment{0, 1'000'000};
    return ::sigtimedwait(&set, nullptr, &moment) == number_;
}

} // namespace fkvm
