// SPDX-License-Identifier: MIT
// The page for operators: what the server does, live, and buttons for what the admin shell can do.
#pragma once

#include "gate.h"
#include "history.h"

#include <optional>

namespace server {

class Server;

struct WebOptions {
    std::string place;      // where the page is served; empty: nowhere
    std::string token_file; // empty: a new token at each start
    std::vector<std::string> names;
};

class Web {
  public:
    // Throws std::runtime_error with a sentence.
    Web(Server &server, boost::asio::io_context &io, const WebOptions &options);

    void start();
    void close();
    void changed(); // who looks shall see it soon

    std::string place() const { return name_of(http_.place()); }
    const std::string &token() const { return token_; }

  private:
    using Answer = std::shared_ptr<HttpAnswer>;
    void handle(const HttpRequest &request, const Answer &answer);
    bool answer_file(const HttpRequest &request, const Answer &answer);
    void log_in(const HttpRequest &request, const Answer &answer);
    void look(const HttpRequest &request, const Answer &answer);
    void order(const HttpRequest &request, const Answer &answer);
    void stream(const HttpRequest &request, const Answer &answer);
    void tick();
    void wait(std::chrono::milliseconds time);

    Server &server_;
    const std::string token_;
    HttpServer http_;
    Gate gate_;
    History history_;
    boost::asio::steady_timer timer_;
    bool soon_ = false, closed_ = false;
    std::string state_;    // as it was told last
    uint64_t version_ = 0; // of it
};

} // namespace server
