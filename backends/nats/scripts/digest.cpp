// SPDX-License-Identifier: MIT
#include "digest.h"

#include <new>
#include <openssl/evp.h>

namespace fkvm {
namespace {

int nibble(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

EVP_MD_CTX *context_of(const auto &pointer) noexcept {
    return static_cast<EVP_MD_CTX *>(pointer.get());
}

} // namespace

std::string Digest::hex() const {
    std::string text;
    for (const unsigned char byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

std::optional<Digest> Digest::of_hex(std::string_view text) noexcept {
    Digest digest;
    if (text.size() != 2 * digest.bytes.size()) return std::nullopt;
    for (size_t i = 0; i < digest.bytes.size(); i++) {
        const int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        digest.bytes[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return digest;
}

void Sha256::End::operator()(void *context) const noexcept {
    ::EVP_MD_CTX_free(static_cast<EVP_MD_CTX *>(context));
}

Sha256::Sha256() : context_(::EVP_MD_CTX_new()) {
    if (!context_ || ::EVP_DigestInit_ex(context_of(context_), ::EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
    if (::EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size()) != 1)
        throw std::bad_alloc();
}

Digest Sha256::finish() {
    Digest digest;
    if (::EVP_DigestFinal_ex(context_of(context_), digest.bytes.data(), nullptr) != 1)
        throw std::bad_alloc();
    return digest;
}

Digest digest_of(std::string_view bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.finish();
}

} // namespace fkvm
