// SPDX-License-Identifier: MIT
// Takes in clients, as many as there may be.
#pragma once

#include "addresses.h"
#include "session.h"

#include <boost/asio/io_context.hpp>

#include <map>
#include <set>

namespace server {

// How many clients there may be; of one address 0: no limit of its own.
struct Crowd {
    size_t clients = 2000, of_one_address = 100;
    unsigned arrivals = 300; // of one address, a minute
};

class Listener {
  public:
    // Throws std::runtime_error with a sentence that names address and port. port 0: any that is
    // free. events and limits must outlive the listener and its sessions.
    Listener(boost::asio::io_context &io, const std::string &address, uint16_t port,
             const Crowd &crowd, const Limits &limits, SessionEvents &events);

    void start();

    // Takes nobody in any more, and ends those who are here.
    void close(const std::string &reason);

    void forget(const Session &session); // it has ended

    std::string place() const; // "127.0.0.1:7527"
    size_t clients() const { return sessions_.size(); }

  private:
    void accept();
    void take_in(boost::asio::ip::tcp::socket socket);
    std::string why_not(const Session &session) const; // "": it may come in
    void rest();
    bool may_arrive(const boost::asio::ip::tcp::socket &socket);
    void tell_turned_away();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer timer_;
    const Crowd crowd_;
    const Limits &limits_;
    SessionEvents &events_;
    std::map<int64_t, std::shared_ptr<Session>> sessions_;
    std::map<std::string, size_t> of_network_; // clients
    int64_t last_ = 0;
    Allowances arrivals_;
    uint64_t turned_away_ = 0; // since the log has told
    std::string last_turned_away_;
    Allowances::Time told_;
};

} // namespace server
