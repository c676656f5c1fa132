// SPDX-License-Identifier: MIT
// What adopt.cpp looks on with: players over TCP who count what they hear, time, memory.
#pragma once

#include <array>
#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

#include <boost/asio.hpp> // 1.74 needs <utility>

namespace net = boost::asio;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;

inline double ms_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// User and system time in us, and MB resident, of a process; 0: this one.
inline std::pair<double, double> used_by(int64_t pid) {
    const std::string folder = "/proc/" + (pid ? std::to_string(pid) : "self");
    std::string word;
    double user = 0, system = 0, pages = 0;
    std::ifstream stat(folder + "/stat"), statm(folder + "/statm");
    for (int i = 0; i < 13; i++) stat >> word; // the name of a program of ours has no space
    stat >> user >> system, statm >> word >> pages;
    return {(user + system) * 1e6 / sysconf(_SC_CLK_TCK), pages * 4096 / 1e6};
}

// A player: the server's end of a connection, and the client at the other end, who counts.
struct Person {
    Person(net::io_context &context, tcp::acceptor &acceptor) : server(context), client(context) {
        client.connect(acceptor.local_endpoint());
        acceptor.accept(server);
        read();
    }
    void send(std::string_view command, std::string_view payload) {
        out += std::string(command) + ' ' + std::to_string(payload.size()) + '\n';
        out += payload;
        if (!writing) write();
    }
    void write() {
        writing.emplace(std::exchange(out, ""));
        net::async_write(server, net::buffer(*writing), [this](auto, auto) {
            writing.reset();
            if (!out.empty()) write();
        });
    }
    void read() {
        client.async_read_some(net::buffer(input), [this](auto error, size_t size) {
            if (error) return;
            const std::string_view came(input.data(), size);
            if (const size_t at = came.find("ErrorDlg"); at != came.npos)
                told = came.substr(came.find('\n', at) + 1);
            read();
        });
    }
    tcp::socket server, client;
    std::string out, told;
    std::optional<std::string> writing;
    std::array<char, 65536> input;
};
