// SPDX-License-Identifier: MIT
// Takes in clients over TCP.
#include "listener.h"

#include "log.h"
#include "place.h"

#include <stdexcept>
#include <utility>

namespace server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds pause{
    100}; // after a failure to accept, e.g. for want of descriptors

} // namespace

Listener::Listener(asio::io_context &io, const std::string &address, uint16_t port,
                   const Crowd &crowd, const Limits &limits, SessionEvents &events)
    : acceptor_(io), timer_(io), crowd_(crowd), limits_(limits), events_(events),
      arrivals_(crowd.arrivals, std::chrono::minutes(1)) {
    error_code failed;
    const tcp::endpoint place(asio::ip::make_address(address, failed), port);
    if (failed) throw std::runtime_error("\"" + address + "\" is no IP address to listen on");
    if (!failed) acceptor_.open(place.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(place, failed);
    if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed)
        throw std::runtime_error("cannot listen on " + name_of(place) + ": " + failed.message() +
                                 ". Stop what uses that port, or choose another with --port");
}

std::string Listener::place() const { return name_of(acceptor_.local_endpoint()); }

void Listener::start() { accept(); }

void Listener::accept() {
    acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
        if (!acceptor_.is_open()) return;
        if (failed) {
            log_event(Level::Warning, "accept_failed", {{"problem", failed.message()}});
            return rest();
        }
        take_in(std::move(socket));
        accept();
    });
}

void Listener::rest() {
    timer_.expires_after(pause);
    timer_.async_wait([this](error_code failed) {
        if (!failed) accept();
    });
}

// Without a word, which would cost more than the connection.
bool Listener::may_arrive(const tcp::socket &socket) {
    error_code failed;
    const auto place = socket.remote_endpoint(failed);
    if (failed) return false; // it has gone
    const std::string network = network_of(place.address());
    const bool may = arrivals_.admit(network).has_value();
    if (!may) turned_away_++, last_turned_away_ = network;
    if (turned_away_) tell_turned_away();
    return may;
}

// Not one record for each.
void Listener::tell_turned_away() {
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < std::chrono::seconds(1)) return;
    told_ = now;
    log_event(Level::Warning, "turned_away",
              {{"from", last_turned_away_},
               {"connections", std::exchange(turned_away_, 0)},
               {"limit", "--address-rate"}});
}

void Listener::take_in(tcp::socket socket) {
    if (!may_arrive(socket)) return;
    auto session = std::make_shared<Session>(std::move(socket), ++last_, limits_, events_);
    session->start();
    if (const std::string reason = why_not(*session); !reason.empty()) return session->end(reason);
    sessions_[session->number()] = session;
    of_network_[session->network()]++;
}

std::string Listener::why_not(const Session &session) const {
    if (sessions_.size() >= crowd_.clients)
        return "the server is full: it has " + std::to_string(sessions_.size()) + " clients";
    const auto found = of_network_.find(session.network());
    if (crowd_.of_one_address == 0 || found == of_network_.end() ||
        found->second < crowd_.of_one_address)
        return "";
    return "there are " + std::to_string(found->second) +
           " clients of your address, the most that may be";
}

void Listener::forget(const Session &session) {
    if (sessions_.erase(session.number()) == 0) return;
    const auto found = of_network_.find(session.network());
    if (--found->second == 0) of_network_.erase(found);
}

void Listener::close(const std::string &reason) {
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel();
    for (const auto &[number, session] : sessions_) session->end(reason);
}

} // namespace server
