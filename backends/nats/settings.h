// SPDX-License-Identifier: MIT
// Where NATS is, and how to be let in: from the environment (docs/nats.md), or a worker's command
// line.
#pragma once

#include <cstdint>
#include <string>

namespace fkvm {

struct NatsSettings {
    std::string url = "nats://127.0.0.1:4222";
    std::string prefix = "fkvm"; // of all subjects: what one tenant's servers and workers share
    std::string credentials;     // files, as NATS has them
    std::string nkey, nkey_seed; // the public key, and the file of its seed
    std::string authorities, certificate, key;
    uint32_t silence = 1500; // ms for which the other end may not be heard

    // What is wrong with them; empty: nothing.
    std::string problem() const;
    std::string shown_url() const; // without its password
};

NatsSettings settings_from_environment();

// Subjects. Servers and workers have names of 16 hexadecimal digits, VMs numbers of their servers.
std::string open_subject(const NatsSettings &settings);
std::string server_subject(const NatsSettings &settings, const std::string &server);
std::string worker_subject(const NatsSettings &settings, const std::string &worker);
std::string random_name();
bool is_name(const std::string &text) noexcept;

} // namespace fkvm
