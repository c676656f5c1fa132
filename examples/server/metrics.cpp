// SPDX-License-Identifier: MIT
// One request a connection: its head is read, it is answered, and the connection ends.
#include "metrics.h"

#include "log.h"

#include <fk_vm.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <stdexcept>
#include <utility>

namespace server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr size_t longest_head = 8192, most_requests = 16;
constexpr std::chrono::seconds request_time{5};

tcp::endpoint parse_place(const std::string &place) {
    const size_t colon = place.rfind(':');
    std::string address = colon == std::string::npos ? "127.0.0.1" : place.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    const std::string_view digits =
        std::string_view(place).substr(colon == std::string::npos ? 0 : colon + 1);
    uint16_t port = 0;
    const auto end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, port);
    error_code failed;
    const auto ip = asio::ip::make_address(address, failed);
    if (failed || digits.empty() || parsed.ec != std::errc() || parsed.ptr != end)
        throw std::runtime_error(
            "--metrics \"" + place +
            "\" is neither a port nor an IP address with one, as 0.0.0.0:9464");
    return {ip, port};
}

std::string response(const char *status, const char *type, const std::string &body) {
    return std::string("HTTP/1.0 ") + status + "\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           body;
}

std::string library_metrics(bool plain) {
    char *text = nullptr;
    size_t size = 0;
    if (fk_metrics(plain ? FK_METRICS_PLAIN : 0, &text, &size) != FK_OK) throw std::bad_alloc();
    std::string metrics(text, size);
    fk_text_free(text);
    return metrics;
}

} // namespace

class MetricsListener::Request : public std::enable_shared_from_this<Request> {
  public:
    Request(tcp::socket socket, MetricsListener &listener)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), listener_(listener) {}

    void start() {
        timer_.expires_after(request_time);
        timer_.async_wait([self = shared_from_this()](error_code failed) {
            if (!failed) self->end();
        });
        asio::async_read_until(socket_, asio::dynamic_buffer(text_, longest_head), "\r\n\r\n",
                               [self = shared_from_this()](error_code failed, size_t) {
                                   failed ? self->end() : self->respond();
                               });
    }

    void end() {
        error_code ignored;
        socket_.close(ignored);
        timer_.cancel();
        if (!std::exchange(ended_, true)) listener_.requests_.erase(shared_from_this());
    }

  private:
    void respond() {
        if (ended_) return;
        text_ = listener_.answer(text_);
        asio::async_write(socket_, asio::buffer(text_),
                          [self = shared_from_this()](error_code, size_t) { self->end(); });
    }

    tcp::socket socket_;
    asio::steady_timer timer_;
    MetricsListener &listener_;
    std::string text_; // the request, then the response
    bool ended_ = false;
};

MetricsListener::MetricsListener(asio::io_context &io, const std::string &place,
                                 std::function<std::string(bool plain)> own)
    : acceptor_(io), own_(std::move(own)) {
    const tcp::endpoint where = parse_place(place);
    error_code failed;
    acceptor_.open(where.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(where, failed);
    if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed)
        throw std::runtime_error("cannot listen on --metrics " + place + ": " + failed.message() +
                                 ". Choose another port");
}

std::string MetricsListener::place() const {
    const tcp::endpoint where = acceptor_.local_endpoint();
    const std::string address = where.address().to_string();
    return (where.address().is_v6() ? "[" + address + "]" : address) + ":" +
           std::to_string(where.port());
}

void MetricsListener::start() {
    log_event(Level::Info, "metrics", {{"on", place()}});
    accept();
}

void MetricsListener::accept() {
    acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
        if (!acceptor_.is_open()) return;
        if (!failed && requests_.size() < most_requests) {
            auto request = std::make_shared<Request>(std::move(socket), *this);
            requests_.insert(request);
            request->start();
        }
        accept();
    });
}

void MetricsListener::close() {
    error_code ignored;
    acceptor_.close(ignored);
    while (!requests_.empty()) std::shared_ptr<Request>(*requests_.begin())->end();
}

std::string MetricsListener::answer(std::string_view request) const {
    const std::string_view line = request.substr(0, request.find("\r\n"));
    if (!line.starts_with("GET ")) return response("405 Method Not Allowed", "text/plain", "GET\n");
    const std::string_view path = line.substr(4, line.find(' ', 4) - 4);
    if (path != "/metrics" && !path.starts_with("/metrics?"))
        return response("404 Not Found", "text/plain", "GET /metrics\n");
    const bool plain = request.find("application/openmetrics-text") == std::string_view::npos;
    return response("200 OK",
                    plain ? "text/plain; version=0.0.4; charset=utf-8"
                          : "application/openmetrics-text; version=1.0.0; charset=utf-8",
                    own_(plain) + library_metrics(plain));
}

std::string metric(const char *name, const char *type, const char *help, uint64_t value,
                   bool plain) {
    const bool is_counter = std::string_view(type) == "counter";
    const std::string sample = name + std::string(is_counter ? "_total" : "");
    const std::string family = plain ? sample : name;
    return "# HELP " + family + " " + help + "\n# TYPE " + family + " " + type + "\n" + sample +
           " " + std::to_string(value) + "\n";
}

} // namespace server
