// SPDX-License-Identifier: MIT
// What clients of one address may do together.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace server {

// Whom an address stands for: itself, or of IPv6 the /64, of which one person has all.
std::string network_of(const boost::asio::ip::address &address);

// What an address may do: so often at once, and so often in each period.
class Allowances {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // most 0: no limit.
    Allowances(unsigned most, std::chrono::seconds period) : most_(most), period_(period) {}

    // nullopt: too many. Else one is counted, and this says how many were too many since the last.
    std::optional<uint64_t> admit(const std::string &network,
                                  Time now = std::chrono::steady_clock::now());

    bool is_used_up(const std::string &network, Time now = std::chrono::steady_clock::now()) const;

    unsigned most() const { return most_; }
    size_t known() const { return left_.size(); }

  private:
    struct Allowance {
        double left;
        Time since;
        uint64_t refused = 0;
    };
    double left(const Allowance &allowance, Time now) const;
    void forget(Time now);

    const unsigned most_;
    const std::chrono::duration<double> period_;
    size_t next_cleaning_ = 1024;
    std::map<std::string, Allowance> left_; // of those that came lately
};

} // namespace server
