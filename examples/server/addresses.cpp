// SPDX-License-Identifier: MIT
// What clients of one address may do together.
#include "addresses.h"

#include <algorithm>
#include <utility>

namespace server {

namespace ip = boost::asio::ip;

std::string network_of(const ip::address &address) {
    if (address.is_v4()) return address.to_string();
    if (address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), uint8_t{0});
    return ip::address_v6(bytes).to_string() + "/64";
}

double Allowances::left(const Allowance &allowance, Time now) const {
    const double periods = (now - allowance.since) / period_;
    return std::min<double>(most_, allowance.left + periods * most_);
}

std::optional<uint64_t> Allowances::admit(const std::string &network, Time now) {
    if (most_ == 0) return 0;
    if (left_.size() >= next_cleaning_) forget(now);
    Allowance &allowance = left_.try_emplace(network, Allowance{double(most_), now}).first->second;
    allowance.left = left(allowance, now);
    allowance.since = now;
    if (allowance.left < 1) return allowance.refused++, std::nullopt;
    allowance.left--;
    return std::exchange(allowance.refused, 0);
}

bool Allowances::is_used_up(const std::string &network, Time now) const {
    const auto found = left_.find(network);
    return most_ != 0 && found != left_.end() && left(found->second, now) < 1;
}

// Those who may do all again are as those who never came.
void Allowances::forget(Time now) {
    std::erase_if(left_, [&](const auto &one) { return left(one.second, now) >= most_; });
    next_cleaning_ = std::max<size_t>(1024, 2 * left_.size());
}

} // namespace server
