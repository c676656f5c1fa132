// SPDX-License-Identifier: MIT
// What clients of one address may do together.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <map>
#include <string>

namespace server {

// Whom an address stands for: itself, or of IPv6 the /64, of which one person has all.
std::string network_of(const boost::asio::ip::address &address);

// New accounts: so many at once, and so many an hour.
class Newcomers {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Newcomers(unsigned an_hour) : an_hour_(an_hour) {} // 0: no limit

    // False: too many. One is counted if true.
    bool admit(const std::string &network, Time now = std::chrono::steady_clock::now());

    unsigned an_hour() const { return an_hour_; }
    size_t known() const { return left_.size(); }

  private:
    struct Allowance {
        double left;
        Time since;
    };
    double left(const Allowance &allowance, Time now) const;
    void forget(Time now);

    const unsigned an_hour_;
    size_t next_cleaning_ = 1024;
    std::map<std::string, Allowance> left_; // of those that came lately
};

} // namespace server
