// SPDX-License-Identifier: MIT
#include "metrics.h"

#include "base/signal_mask.h"

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr int look_ms = 200, patience_ms = 2000;
constexpr size_t longest_head = 8192;

bool read_place(const std::string &place, sockaddr_in *to) {
    const size_t colon = place.rfind(':');
    const std::string address = colon == place.npos ? "127.0.0.1" : place.substr(0, colon);
    const char *digits = place.c_str() + (colon == place.npos ? 0 : colon + 1);
    const char *end = place.c_str() + place.size();
    uint16_t port = 0;
    const auto parsed = std::from_chars(digits, end, port);
    *to = {};
    to->sin_family = AF_INET;
    to->sin_port = htons(port);
    return parsed.ec == std::errc() && parsed.ptr == end &&
           ::inet_pton(AF_INET, address.c_str(), &to->sin_addr) == 1;
}

void send_all(int client, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::send(client, text.data(), text.size(), MSG_NOSIGNAL);
        if (n <= 0) return;
        text.remove_prefix(static_cast<size_t>(n));
    }
}

} // namespace

std::string metric_text(const char *name, const char *type, const char *help,
                        const std::string &samples) {
    return std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n" +
           samples;
}

MetricsServer::~MetricsServer() {
    ends_.store(true);
    if (thread_.joinable()) thread_.join();
}

std::string MetricsServer::start(const std::string &place) {
    sockaddr_in address;
    if (!read_place(place, &address))
        return "--metrics " + place +
               " is neither a port nor an IPv4 address with one, as "
               "0.0.0.0:9465";
    const int yes = 1;
    listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (!listener_ ||
        ::bind(listener_.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 8) != 0)
        return "cannot listen on --metrics " + place + ": " + std::strerror(errno) +
               ". Choose another port";
    const AllSignalsBlocked blocked;
    thread_ = std::thread([this] { run(); });
    return {};
}

std::string MetricsServer::place() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr *>(&address), &size);
    char text[INET_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(address.sin_port));
}

void MetricsServer::run() {
    while (!ends_.load()) {
        pollfd waiting{listener_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, look_ms) <= 0) continue;
        const Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client) answer(client.get());
    }
}

void MetricsServer::answer(int client) try {
    const timeval patience{patience_ms / 1000, 0};
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    std::string head;
    char bytes[1024];
    while (head.find("\r\n\r\n") == head.npos && head.size() < longest_head) {
        const ssize_t n = ::recv(client, bytes, sizeof bytes, 0);
        if (n <= 0) return;
        head.append(bytes, static_cast<size_t>(n));
    }
    const bool good = head.starts_with("GET /metrics ") || head.starts_with("GET /metrics?");
    const std::string body = good ? text_() : "GET /metrics\n";
    send_all(client, std::string("HTTP/1.0 ") + (good ? "200 OK" : "404 Not Found") +
                         "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                         "Content-Length: " +
                         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
} catch (...) { // out of memory: no answer
}

} // namespace fkvm
