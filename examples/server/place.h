// SPDX-License-Identifier: MIT
// Where something listens, as options name it.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace server {

using Place = boost::asio::ip::tcp::endpoint;

// text: "9464" (of 127.0.0.1), "0.0.0.0:9464", "[::1]:0". Throws std::runtime_error with a sentence
// that names the option.
Place parse_place(const std::string &text, const std::string &option);

std::string name_of(const Place &place); // "127.0.0.1:9464"

// Opens, binds and listens. Throws std::runtime_error with a sentence.
void listen_on(boost::asio::ip::tcp::acceptor &acceptor, const Place &place,
               const std::string &option);

} // namespace server
