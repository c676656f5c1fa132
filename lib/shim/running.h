// SPDX-License-Identifier: MIT
// The work being run and since when, for other threads: written by the VM's thread, never waited for.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

namespace fkvm {

class Running {
  public:
    static constexpr size_t longest_name = 63; // bytes; the rest is not shown

    void begin(const char *name, uint64_t now) noexcept {
        char text[size] = {};
        if (name) std::memcpy(text, name, strnlen(name, longest_name));
        const uint64_t version = version_.load(std::memory_order_relaxed);
        version_.store(version + 1, std::memory_order_relaxed);
        for (size_t i = 0; i < words; i++) {
            uint64_t word;
            std::memcpy(&word, text + i * sizeof word, sizeof word);
            name_[i].store(word, std::memory_order_release); // not before the version
        }
        since_.store(now, std::memory_order_release);
        version_.store(version + 2, std::memory_order_release);
    }
    void end() noexcept {
        if (since_.load(std::memory_order_relaxed)) since_.store(0, std::memory_order_release);
    }

    // From any thread. False: nothing runs, or it has changed too often to be read.
    bool read(std::string *name, uint64_t *since) const {
        for (int tries = 0; tries < 10; tries++) {
            char text[size];
            const uint64_t version = version_.load(std::memory_order_acquire);
            for (size_t i = 0; i < words; i++) {
                const uint64_t word = name_[i].load(std::memory_order_acquire);
                std::memcpy(text + i * sizeof word, &word, sizeof word);
            }
            *since = since_.load(std::memory_order_acquire);
            if (version % 2 || version_.load(std::memory_order_relaxed) != version) continue;
            name->assign(text, strnlen(text, longest_name));
            return *since != 0;
        }
        return false;
    }

  private:
    static constexpr size_t size = longest_name + 1, words = size / sizeof(uint64_t);

    std::atomic<uint64_t> version_{0}, since_{0}; // since: of RunningClock; 0: nothing runs
    std::array<std::atomic<uint64_t>, words> name_{};
};

} // namespace fkvm
