// SPDX-License-Identifier: MIT
#include "hash.h"

#include "random_bytes.h"

#include <bit>
#include <chrono>
#include <cstring>

namespace fkvm {
namespace {

struct Key {
    uint64_t words[2];

    // Where the system gives no random bits: the clock and an address, which are hard to guess at
    // least.
    Key() noexcept {
        if (random_bytes(words, sizeof words)) return;
        words[0] =
            static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
        words[1] = reinterpret_cast<uintptr_t>(this) * 0x9E3779B97F4A7C15u ^ words[0];
    }
};

class State {
  public:
    explicit State(const Key &key) noexcept
        : a_(key.words[0] ^ 0x736f6d6570736575u), b_(key.words[1] ^ 0x646f72616e646f6du),
          c_(key.words[0] ^ 0x6c7967656e657261u), d_(key.words[1] ^ 0x7465646279746573u) {}

    void take(uint64_t word) noexcept {
        d_ ^= word;
        round();
        a_ ^= word;
    }
    uint64_t finish() noexcept {
        c_ ^= 0xff;
        for (int i = 0; i < 3; i++) round();
        return a_ ^ b_ ^ c_ ^ d_;
    }

  private:
    void round() noexcept {
        a_ += b_, b_ = std::rotl(b_, 13), b_ ^= a_, a_ = std::rotl(a_, 32);
        c_ += d_, d_ = std::rotl(d_, 16), d_ ^= c_;
        a_ += d_, d_ = std::rotl(d_, 21), d_ ^= a_;
        c_ += b_, b_ = std::rotl(b_, 17), b_ ^= c_, c_ = std::rotl(c_, 32);
    }

    uint64_t a_, b_, c_, d_;
};

} // namespace

uint64_t keyed_hash(std::string_view text) noexcept {
    static const Key key;
    State state(key);
    const char *p = text.data();
    size_t left = text.size();
    for (; left >= 8; p += 8, left -= 8) {
        uint64_t word;
        std::memcpy(&word, p, 8);
        state.take(word);
    }
    uint64_t last = 0;
    if (left) std::memcpy(&last, p, left);
    state.take(last | static_cast<uint64_t>(text.size()) << 56);
    return state.finish();
}

} // namespace fkvm
