// SPDX-License-Identifier: MIT
// A connection to fk-server.
#include "client.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace play {

namespace {

struct FreeAddresses {
    void operator()(addrinfo *list) const { freeaddrinfo(list); }
};

std::unique_ptr<addrinfo, FreeAddresses> addresses_of(const std::string &host,
                                                      const std::string &port) {
    addrinfo hints{}, *list = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &list))
        throw std::runtime_error("there is no " + host + " port " + port + ": " +
                                 gai_strerror(failed));
    return std::unique_ptr<addrinfo, FreeAddresses>(list);
}

} // namespace

Client::Client(const std::string &host, const std::string &port) {
    const auto addresses = addresses_of(host, port);
    for (const addrinfo *one = addresses.get(); one && fd_ < 0; one = one->ai_next) {
        fd_ = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
        if (fd_ < 0 || connect(fd_, one->ai_addr, one->ai_addrlen) == 0) continue;
        close(fd_);
        fd_ = -1;
    }
    if (fd_ < 0)
        throw std::runtime_error("no server answers at " + host + " port " + port + ": " +
                                 strerror(errno));
}

Client::~Client() { close(fd_); }

void Client::send(std::string_view line) {
    std::string text = std::string(line) + "\n";
    for (size_t sent = 0; sent < text.size();) {
        const ssize_t wrote = ::send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (wrote < 0 && errno != EINTR) return; // read() will tell
        if (wrote > 0) sent += size_t(wrote);
    }
}

bool Client::read(std::vector<std::string> &lines) {
    char buffer[16384];
    const ssize_t got = ::read(fd_, buffer, sizeof buffer);
    if (got < 0) return errno == EINTR;
    in_.append(buffer, size_t(got));
    size_t start = 0;
    for (size_t end; (end = in_.find('\n', start)) != in_.npos; start = end + 1)
        lines.push_back(in_.substr(start, end - start));
    in_.erase(0, start);
    return got > 0;
}

} // namespace play
