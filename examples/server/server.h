// SPDX-License-Identifier: MIT
// The server: all its parts, started in order and stopped in the reverse.
#pragma once

#include "deaths.h"
#include "listener.h"
#include "lobby.h"
#include "metrics.h"
#include "selfplay.h"
#include "status.h"
#include "web.h"

#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <optional>

namespace server {

struct ServerOptions {
    std::string address = "127.0.0.1";
    uint16_t port = 7527;
    std::string metrics; // where GET /metrics is answered; empty: nowhere
    std::string status;  // the path of the status socket; empty: none
    WebOptions web;
    Crowd crowd;
    Limits limits;
    LobbyOptions lobby;
    fk::room::PoolOptions pool;
    std::string database = ":memory:";
    uint64_t database_limit = 0; // bytes; 0: as open_sqlite has it
    SelfPlayOptions self_play;
};

class Server : private SessionEvents {
  public:
    // Throws std::runtime_error, or fk::Error if the VM did not open, with a sentence for the
    // person who started the server.
    explicit Server(ServerOptions options);
    ~Server();

    // Until stop() is called, or a signal says so, or self-play has come to its end.
    void run();

    // From any thread.
    void stop(const std::string &reason);

    // From any thread: task runs on the server's thread, to which all below belongs, unless the
    // server has stopped.
    void post(std::function<void()> task);

    Lobby &lobby() { return lobby_; }
    fk::room::RoomThreadPool &pool() { return pool_; }
    Deaths &deaths() { return deaths_; }
    const std::optional<Web> &web() const { return web_; }
    const SelfPlay &self_play() const { return self_play_; }
    const ServerOptions &options() const { return options_; }
    std::string place() const { return listener_.place(); }
    size_t clients() const { return listener_.clients(); }
    double uptime() const; // seconds

    // New VMs get this backend, from a reload on that begins now.
    void set_backend(const std::string &name, fk::room::Done done);

  private:
    void on_line(Session &session, std::string_view line) noexcept override;
    void on_end(Session &session, const std::string &reason) noexcept override;
    fk::room::PoolOptions pool_options();
    void room_ended(const fk::room::RoomEnd &end);
    void vm_died(const fk::room::VmDeath &death);
    std::string own_metrics(bool plain);

    ServerOptions options_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    bool stopping_ = false;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_;
    Listener listener_;
    std::optional<HttpServer> metrics_;
    StatusSocket status_; // before the first VM
    std::optional<Web> web_;
    Deaths deaths_;
    std::shared_ptr<fk::room::Storage> storage_;
    Accounts accounts_;
    fk::room::RoomThreadPool pool_;
    Lobby lobby_;
    SelfPlay self_play_;
};

} // namespace server
