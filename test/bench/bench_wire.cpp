// SPDX-License-Identifier: MIT
// What a notify costs on the room's thread, from Lua to the send queue of a client's connection:
// games of trusting players on an embedded VM, once without connections and once with sessions over
// loopback that somebody reads. Prints CPU microseconds of the room's thread a notify, as JSON.
//
// usage: bench_wire SCRIPT GAMES
#include "session.h"
#include "wire.h"

#include <fk/room/thread.hpp>

#include <boost/asio.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <thread>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace fk::room;

constexpr int seats = 8;

struct Quiet : server::SessionEvents {
    void on_line(server::Session &, std::string_view) noexcept override {}
    void on_end(server::Session &, const std::string &) noexcept override {}
};

// Sessions whose clients read and forget, each side on a thread of its own.
class Clients {
  public:
    Clients() {
        limits_.login = std::chrono::hours(1);
        limits_.queue = 1 << 30;
        tcp::acceptor acceptor(io_, {asio::ip::address_v4::loopback(), 0});
        for (int i = 0; i < seats; i++) {
            tcp::socket client(reading_), server(io_);
            client.connect(acceptor.local_endpoint());
            acceptor.accept(server);
            sessions_.push_back(
                std::make_shared<server::Session>(std::move(server), i, limits_, events_));
            clients_.push_back(std::move(client));
        }
        for (auto &session : sessions_) session->start();
        for (auto &client : clients_) read(client);
        threads_.emplace_back([this] { io_.run(); });
        threads_.emplace_back([this] { reading_.run(); });
    }
    ~Clients() {
        io_.stop();
        reading_.stop();
        for (auto &thread : threads_) thread.join();
    }

    std::shared_ptr<Connection> wire(int seat) const {
        return std::make_shared<server::Wire>(sessions_[size_t(seat)]);
    }

  private:
    void read(tcp::socket &client) {
        client.async_read_some(asio::buffer(buffer_), [this, &client](auto failed, size_t) {
            if (!failed) read(client);
        });
    }

    server::Limits limits_;
    Quiet events_;
    asio::io_context io_, reading_;
    std::vector<std::shared_ptr<server::Session>> sessions_;
    std::vector<tcp::socket> clients_;
    char buffer_[65536];
    std::vector<std::thread> threads_;
};

struct Spent {
    double cpu = 0;
    uint64_t notifies = 0;
};

// CPU seconds of the room's thread, and what its VM has sent, until now.
Spent spent(RoomThread &thread) {
    std::promise<double> cpu;
    thread.call("ping", nullptr, [&](fk::Value, const std::string &) {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        cpu.set_value(double(now.tv_sec) + double(now.tv_nsec) / 1e9);
    });
    const double seconds = cpu.get_future().get();
    return {seconds, thread.info().vm.numbers.notifications};
}

void play(RoomThread &thread, std::promise<void> &ended, const Clients *clients, int game) {
    ended = {};
    RoomSpec room;
    room.owner = 1;
    room.settings = "seed=" + std::to_string(game);
    for (int seat = 0; seat < seats; seat++) {
        PlayerSpec player;
        player.id = seat + 1;
        player.name = "P" + std::to_string(seat);
        player.state = PlayerState::Trust;
        if (clients) player.connection = clients->wire(seat);
        room.players.push_back(player);
    }
    auto over = ended.get_future();
    if (const Added added = thread.add_room(room); !added) throw std::runtime_error(added.problem);
    over.wait();
}

double us_a_notify(const char *script, int games, const Clients *clients) {
    std::promise<void> ended;
    ThreadOptions options;
    options.vm.backend = "embedded";
    options.vm.script = script;
    options.delay_scale = 0;
    options.room_ended = [&](const RoomEnd &) { ended.set_value(); };
    RoomThread thread(options);
    play(thread, ended, clients, 0); // warms up
    const Spent before = spent(thread);
    for (int game = 1; game <= games; game++) play(thread, ended, clients, game);
    const Spent after = spent(thread);
    return (after.cpu - before.cpu) * 1e6 / double(after.notifies - before.notifies);
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 3) return fputs("usage: bench_wire SCRIPT GAMES\n", stderr), 2;
    const int games = atoi(argv[2]);
    Clients clients;
    const double without = us_a_notify(argv[1], games, nullptr);
    const double with = us_a_notify(argv[1], games, &clients);
    printf("{\"without\":%.3f,\"with\":%.3f}\n", without, with);
}
