// SPDX-License-Identifier: MIT
// The server: all its parts, started in order and stopped in the reverse.
#include "server.h"

#include "log.h"

#include <boost/asio/post.hpp>

#include <csignal>
#include <filesystem>

namespace server {

namespace asio = boost::asio;

namespace {

Level level_of(fk_level level) {
    switch (level) {
    case FK_LEVEL_DEBUG:
        return Level::Debug;
    case FK_LEVEL_WARNING:
        return Level::Warning;
    case FK_LEVEL_CRITICAL:
        return Level::Error;
    default:
        return Level::Info;
    }
}

// What the library and its scripts have to say.
void write_record(const fk::room::LogRecord &record) {
    std::string_view text = record.text;
    while (text.ends_with('\n')) text.remove_suffix(1);
    log_event(level_of(record.level), record.level == FK_LEVEL_PRINT ? "printed" : "game",
              {{"thread", record.thread}, {"room", record.room}, {"text", text}});
}

void must_be_there(const fk::Options &vm) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (!vm.directory.empty() && !fs::is_directory(vm.directory, ignored))
        throw std::runtime_error("there is no folder " + vm.directory +
                                 ", which --directory names");
    const fs::path script = fs::path(vm.directory) / vm.script;
    if (!fs::exists(script, ignored))
        throw std::runtime_error("there is no script " + script.string() +
                                 ". Give the entry script of a game, or --freekill DIR");
}

} // namespace

Server::Server(ServerOptions options)
    : options_((must_be_there(options.pool.thread.vm), std::move(options))),
      signals_(io_, SIGINT, SIGTERM),
      listener_(io_, options_.address, options_.port, options_.crowd, options_.limits, *this),
      status_(options_.status),
      storage_(fk::room::open_sqlite(options_.database, write_record, options_.database_limit)),
      accounts_(options_.database), pool_(pool_options()),
      lobby_(options_.lobby, io_.get_executor(), pool_, *storage_, accounts_),
      self_play_(options_.self_play, lobby_) {
    if (!options_.metrics.empty())
        metrics_.emplace(io_, options_.metrics, "--metrics", HttpLimits(),
                         metrics_handler([this](bool plain) { return own_metrics(plain); }));
    if (!options_.web.place.empty()) web_.emplace(*this, io_, options_.web);
}

Server::~Server() = default;

fk::room::PoolOptions Server::pool_options() {
    fk::room::PoolOptions pool = options_.pool;
    pool.thread.storage = storage_;
    pool.thread.log = write_record;
    pool.thread.room_ended = [this](const fk::room::RoomEnd &end) {
        asio::post(io_, [this, end] { room_ended(end); });
    };
    pool.thread.vm_died = [this](const fk::room::VmDeath &death) {
        asio::post(io_, [this, death] { vm_died(death); });
    };
    return pool;
}

void Server::run() {
    signals_.async_wait([this](boost::system::error_code failed, int number) {
        if (!failed) stop(number == SIGINT ? "SIGINT" : "SIGTERM");
    });
    listener_.start();
    if (metrics_) {
        log_event(Level::Info, "metrics", {{"on", name_of(metrics_->place())}});
        metrics_->start();
    }
    if (web_) web_->start();
    log_event(Level::Info, "listening", {{"on", place()}});
    if (options_.self_play.rooms && !self_play_.start()) stop("self-play is at its end");
    io_.run();
    log_event(Level::Info, "stopped");
}

// io_ ends when its last client has gone.
void Server::stop(const std::string &reason) {
    asio::post(io_, [this, reason] {
        if (std::exchange(stopping_, true)) return;
        log_event(Level::Info, "stopping", {{"reason", reason}});
        signals_.cancel();
        listener_.close("the server is closing");
        if (metrics_) metrics_->close();
        if (web_) web_->close();
    });
}

void Server::post(std::function<void()> task) { asio::post(io_, std::move(task)); }

void Server::on_line(Session &session, std::string_view line) noexcept {
    lobby_.on_line(session, line);
}

void Server::on_end(Session &session, const std::string &reason) noexcept {
    lobby_.on_end(session, reason);
    listener_.forget(session);
}

void Server::room_ended(const fk::room::RoomEnd &end) {
    lobby_.room_ended(end);
    if (options_.self_play.rooms && !self_play_.room_ended(end)) stop("self-play is at its end");
}

void Server::vm_died(const fk::room::VmDeath &death) {
    deaths_.add(death);
    if (web_) web_->changed();
}

// A pool opens a new VM after each death.
std::string Server::own_metrics(bool plain) {
    const fk::room::PoolInfo pool = pool_.info();
    const auto count = [plain](const char *name, const char *type, const char *help, uint64_t n) {
        return metric(name, type, help, n, plain);
    };
    return count("fkserver_clients", "gauge", "Connections.", clients()) +
           count("fkserver_players", "gauge", "Players.", lobby_.players().size()) +
           count("fkserver_rooms", "gauge", "Rooms.", lobby_.rooms().size()) +
           count("fkserver_rooms_ended", "counter", "Rooms that came to their end.",
                 pool.rooms_ended) +
           count("fkserver_rooms_lost", "counter", "Rooms lost with their VM.", pool.rooms_lost) +
           count("fkserver_vm_restarts", "counter", "VMs replaced after they died.", pool.deaths) +
           count("fkserver_reloads", "counter", "Reloads of the scripts.", pool.reloads);
}

double Server::uptime() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

// A backend that does not open is forgotten again, so that it is not tried after a death.
void Server::set_backend(const std::string &name, fk::room::Done done) {
    fk::Options &vm = options_.pool.thread.vm;
    const std::string before = std::exchange(vm.backend, name);
    pool_.set_vm(vm);
    pool_.reload([this, before, done](const std::string &problem) {
        post([this, before, done, problem] {
            if (!problem.empty()) {
                options_.pool.thread.vm.backend = before;
                pool_.set_vm(options_.pool.thread.vm);
            }
            done(problem);
        });
    });
}

} // namespace server
