// SPDX-License-Identifier: MIT
#include "settings.h"

#include "base/environment.h"
#include "base/random_bytes.h"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <utility>

namespace fkvm {

NatsSettings settings_from_environment() {
    NatsSettings settings;
    const std::initializer_list<std::pair<const char *, std::string *>> texts = {
        {"FK_VM_NATS", &settings.url},
        {"FK_VM_NATS_PREFIX", &settings.prefix},
        {"FK_VM_NATS_CREDENTIALS", &settings.credentials},
        {"FK_VM_NATS_NKEY", &settings.nkey},
        {"FK_VM_NATS_NKEY_SEED", &settings.nkey_seed},
        {"FK_VM_NATS_CA", &settings.authorities},
        {"FK_VM_NATS_CERT", &settings.certificate},
        {"FK_VM_NATS_KEY", &settings.key}};
    for (const auto &[name, target] : texts)
        if (const char *value = environment(name)) *target = value;
    if (const char *silence = environment("FK_VM_NATS_SILENCE"))
        settings.silence = static_cast<uint32_t>(std::strtoul(silence, nullptr, 10));
    return settings;
}

std::string NatsSettings::problem() const {
    const bool plain = !prefix.empty() && std::all_of(prefix.begin(), prefix.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.';
    });
    if (!plain || prefix.front() == '.' || prefix.back() == '.' || prefix.find("..") != prefix.npos)
        return "the prefix '" + prefix +
               "' (FK_VM_NATS_PREFIX) is none: letters, digits, '-' and '_', with single dots "
               "between";
    if (silence < 300 || silence > 3'600'000)
        return "FK_VM_NATS_SILENCE is " + std::to_string(silence) +
               " ms: 300 to 3600000 are possible";
    if (nkey.empty() != nkey_seed.empty())
        return "FK_VM_NATS_NKEY and FK_VM_NATS_NKEY_SEED go together";
    if (certificate.empty() != key.empty()) return "FK_VM_NATS_CERT and FK_VM_NATS_KEY go together";
    return {};
}

std::string NatsSettings::shown_url() const {
    const size_t at = url.rfind('@'), scheme = url.find("://");
    if (at == url.npos) return url;
    return url.substr(0, scheme == url.npos ? 0 : scheme + 3) + "..." + url.substr(at);
}

std::string open_subject(const NatsSettings &settings) { return settings.prefix + ".open"; }

std::string server_subject(const NatsSettings &settings, const std::string &server) {
    return settings.prefix + ".server." + server;
}

std::string worker_subject(const NatsSettings &settings, const std::string &worker) {
    return settings.prefix + ".worker." + worker;
}

bool is_name(const std::string &text) noexcept {
    return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string random_name() {
    unsigned char bytes[8];
    random_bytes(bytes, sizeof bytes);
    std::string name;
    for (const unsigned char byte : bytes) {
        name += "0123456789abcdef"[byte >> 4];
        name += "0123456789abcdef"[byte & 15];
    }
    return name;
}

} // namespace fkvm
