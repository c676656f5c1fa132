// SPDX-License-Identifier: MIT
// fk-play: a small terminal client of fk-server, for the example game. docs/server.md.
#include "describe.h"
#include "play.h"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <poll.h>
#include <unistd.h>

namespace {

enum Exit { Fine = 0, Failed = 1, Usage = 2 };

struct Arguments {
    play::Plan plan;
    std::string host = "127.0.0.1", port = "7527";
};

const char footer[] =
    "Examples:\n"
    "  fk-play --name Ann --create 3 --alone     # against two computers\n"
    "  fk-play --name Bo --join 7\n"
    "  fk-play --name Cy --create 2 --alone --auto --games 10 --quiet\n"
    "Exit codes: 0 all went well, 1 a game was lost with its server or nothing answered,\n"
    "2 the command line is wrong.";

void add_options(CLI::App &app, Arguments &arguments) {
    play::Plan &plan = arguments.plan;
    app.footer(footer);
    app.add_option("--host", arguments.host, "Where the server is")->capture_default_str();
    app.add_option("-p,--port", arguments.port, "Its port")->capture_default_str();
    app.add_option("-n,--name", plan.name, "Your name")->required();
    app.add_option("--token", plan.token, "To come back into a game");
    auto *create = app.add_option("--create", plan.seats, "Open a room with this many seats");
    auto *join = app.add_option("--join", plan.join, "Take a seat in this room")->excludes(create);
    app.add_option("--observe", plan.observe, "Watch this room")->excludes(create)->excludes(join);
    app.add_option("--timeout", plan.timeout, "Seconds for replies in your room");
    app.add_flag("--alone", plan.alone, "Computers take the other seats at once")->needs(create);
    app.add_flag("--auto", plan.automatic, "Play by itself");
    app.add_option("--games", plan.games, "Leave after so many")->check(CLI::PositiveNumber);
    app.add_flag("-q,--quiet", plan.quiet, "Show no course of games");
}

// Whole lines of standard input. False: there are no more.
bool read_keyboard(std::string &rest, play::Play &game) {
    char buffer[1024];
    const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) return false;
    rest.append(buffer, size_t(got));
    for (size_t end; (end = rest.find('\n')) != rest.npos && !game.at_end(); rest.erase(0, end + 1))
        game.take_input(rest.substr(0, end));
    return true;
}

int run(const Arguments &arguments) {
    play::Client client(arguments.host, arguments.port);
    play::Play game(arguments.plan, client);
    game.begin();
    std::string keyboard;
    pollfd files[] = {{client.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    if (arguments.plan.automatic) files[1].fd = -1;
    while (!game.at_end()) {
        fflush(stdout);
        if (poll(files, 2, -1) < 0 && errno != EINTR) return Failed;
        std::vector<std::string> lines;
        const bool open = !files[0].revents || client.read(lines);
        for (const std::string &line : lines)
            if (!game.at_end()) game.take_line(line);
        if (!open && !game.at_end())
            throw std::runtime_error("the server has closed the connection");
        if (files[1].revents && !read_keyboard(keyboard, game)) files[1].fd = -1;
    }
    return game.exit_code();
}

} // namespace

int main(int argc, char **argv) {
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
    CLI::App app("Play at an fk-server, in the terminal.", "fk-play");
    Arguments arguments;
    add_options(app, arguments);
    if (cli::describes(app, argc, argv)) return Fine;
    try {
        app.parse(argc, argv);
        return run(arguments);
    } catch (const CLI::ParseError &problem) {
        if (problem.get_exit_code() == 0) return app.exit(problem);
        fprintf(stderr, "fk-play: %s. Try: fk-play --help\n", problem.what());
        return Usage;
    } catch (const std::exception &problem) {
        fprintf(stderr, "fk-play: %s\n", problem.what());
        return Failed;
    }
}
