// SPDX-License-Identifier: MIT
// A small HTTP server, for metrics and for the page of operators: Boost.Beast parses requests, and
// everything a client may take is limited.
#pragma once

#include "place.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server {

struct HttpRequest {
    std::string method, path, body;                  // path without what stands behind a "?"
    std::string address, network;                    // who asks, see network_of()
    std::multimap<std::string, std::string> headers; // names in small letters

    std::string header(std::string_view name) const; // "": there is none
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string type = "text/plain; charset=utf-8";
    HttpHeaders headers = {};
};

// How a request is answered: once, by one of these, on the thread of the server, now or later.
class HttpAnswer {
  public:
    virtual ~HttpAnswer() = default;
    virtual void send(HttpResponse response) = 0;
    // By a text/event-stream. next is asked for more when the client has taken what there was, and
    // at every HttpServer::stir(). "": nothing now; nullopt: that was all.
    using Next = std::function<std::optional<std::string>()>;
    virtual void stream(HttpHeaders headers, Next next) = 0;
};

struct HttpLimits {
    size_t head = 8192, body = 0;    // bytes
    size_t connections = 16;         // beyond, one that asks nothing makes place for a new one
    bool keep_alive = false;         // many requests a connection
    std::chrono::seconds time{5};    // for a request to come, or for a part of an answer to go
    std::chrono::seconds answer{15}; // until what is done for it must be answered
};

class HttpServer {
  public:
    using Handler =
        std::function<void(const HttpRequest &request, const std::shared_ptr<HttpAnswer> &answer)>;

    // place: see parse_place(). Throws std::runtime_error with a sentence that names the option.
    HttpServer(boost::asio::io_context &io, const std::string &place, const std::string &option,
               HttpLimits limits, Handler handler);
    ~HttpServer();

    void start();
    void stir();  // streams have something to tell, perhaps
    void close(); // ends also who is being answered

    size_t streams() const;
    Place place() const { return acceptor_.local_endpoint(); }

  private:
    class Connection;
    void accept();
    void take_in(boost::asio::ip::tcp::socket socket);
    bool make_place();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer rest_;
    const HttpLimits limits_;
    const Handler handler_;
    std::set<std::shared_ptr<Connection>> connections_;
};

} // namespace server
