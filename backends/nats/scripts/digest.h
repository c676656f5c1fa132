// SPDX-License-Identifier: MIT
// SHA-256: what names a file's content, and a set of scripts.
#pragma once

#include <array>
#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fkvm {

struct Digest {
    std::array<unsigned char, 32> bytes{};

    auto operator<=>(const Digest &) const = default;
    std::string hex() const;                                        // 64 digits, small letters
    static std::optional<Digest> of_hex(std::string_view) noexcept; // of such, and nothing else
};

// Throws std::bad_alloc, also where OpenSSL has no SHA-256.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256 &&) noexcept = default;
    Sha256 &operator=(Sha256 &&) noexcept = default;

    void add(std::string_view bytes);
    Digest finish(); // afterwards it is used up

  private:
    struct End {
        void operator()(void *context) const noexcept;
    };
    std::unique_ptr<void, End> context_;
};

Digest digest_of(std::string_view bytes);

} // namespace fkvm
