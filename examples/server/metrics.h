// SPDX-License-Identifier: MIT
// GET /metrics over HTTP/1.0, for Prometheus: what the library tells of its VMs, and the server of
// its clients and rooms.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <set>
#include <string>

namespace server {

class MetricsListener {
  public:
    // place: "9464" (of 127.0.0.1), "0.0.0.0:9464", "[::1]:0". Throws std::runtime_error with a
    // sentence. own: the server's families of metrics; plain: in the format before OpenMetrics.
    MetricsListener(boost::asio::io_context &io, const std::string &place,
                    std::function<std::string(bool plain)> own);

    void start();
    void close(); // ends also who is being answered

    std::string place() const; // "127.0.0.1:9464"

  private:
    class Request;
    void accept();
    std::string answer(std::string_view request) const;

    boost::asio::ip::tcp::acceptor acceptor_;
    std::function<std::string(bool plain)> own_;
    std::set<std::shared_ptr<Request>> requests_;
};

// A family of one metric without labels. type: counter or gauge.
std::string metric(const char *name, const char *type, const char *help, uint64_t value,
                   bool plain);

} // namespace server
