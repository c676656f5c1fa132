// SPDX-License-Identifier: MIT
// Where something listens.
#include "place.h"

#include <charconv>
#include <stdexcept>

namespace server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Place parse_place(const std::string &text, const std::string &option) {
    const size_t colon = text.rfind(':');
    std::string address = colon == std::string::npos ? "127.0.0.1" : text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    const std::string_view digits =
        std::string_view(text).substr(colon == std::string::npos ? 0 : colon + 1);
    uint16_t port = 0;
    const auto end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, port);
    error_code failed;
    const auto ip = asio::ip::make_address(address, failed);
    if (failed || digits.empty() || parsed.ec != std::errc() || parsed.ptr != end)
        throw std::runtime_error(
            option + " \"" + text +
            "\" is neither a port nor an IP address with one, as 0.0.0.0:9464");
    return {ip, port};
}

std::string name_of(const Place &place) {
    const std::string address = place.address().to_string();
    return (place.address().is_v6() ? "[" + address + "]" : address) + ":" +
           std::to_string(place.port());
}

void listen_on(tcp::acceptor &acceptor, const Place &place, const std::string &option) {
    error_code failed;
    acceptor.open(place.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(place, failed);
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed)
        throw std::runtime_error("cannot listen on " + option + " " + name_of(place) + ": " +
                                 failed.message() + ". Choose another port");
}

} // namespace server
