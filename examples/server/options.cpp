// SPDX-License-Identifier: MIT
// What the command line offers.
#include "options.h"

#include "describe.h"
#include "freekill.h"
#include "globals.h"
#include "quotas.h"
#include "term.h"

#include <CLI/CLI.hpp>

#include <filesystem>

namespace server {

namespace {

const char footer[] =
    "Examples:\n"
    "  fk-server examples/cardgame/main.lua --database tidefall.sqlite\n"
    "  fk-server --freekill ~/freekill --backend process --threads 2\n"
    "  fk-server examples/cardgame/main.lua --self-play 20 --games 100 --pace 0\n"
    "Exit codes: 0 all went well, 1 the server did not start or self-play lost a game,\n"
    "2 the command line is wrong, 3 the VM did not open.";

// What the command line says in other units or words than the options of the server.
struct Raw {
    std::string sandbox = "game", computers = "trust", log_format = "text", log_level;
    double login = 10, idle = 600, call = 0, host = 0; // seconds
    double room_wait = 10;                             // seconds
    uint64_t memory = 0, database = 0, budget = 0;     // megabytes
    std::vector<std::string> globals, quotas;
};

void add_clients(CLI::App &app, ServerOptions &server, Raw &raw) {
    auto add = [&](const char *name, auto &value, const char *about) {
        return app.add_option(name, value, about)->capture_default_str()->group("Clients");
    };
    add("--listen", server.address, "The IP address to listen on");
    add("-p,--port", server.port, "The port; 0: any that is free");
    add("--max-clients", server.crowd.clients, "Clients at once")->check(CLI::NonNegativeNumber);
    add("--address-clients", server.crowd.of_one_address,
        "Clients of one address at once (IPv6: of one /64); 0: no limit")
        ->check(CLI::NonNegativeNumber);
    add("--address-rate", server.crowd.arrivals, "Connections of one address a minute; 0: no limit")
        ->check(CLI::NonNegativeNumber);
    add("--address-log", server.lobby.log_lines,
        "Lines of the log about one address a minute; 0: no limit")
        ->check(CLI::NonNegativeNumber);
    add("--address-accounts", server.lobby.new_accounts,
        "New accounts of one address an hour; 0: no limit")
        ->check(CLI::NonNegativeNumber);
    add("--max-line", server.limits.line, "Bytes of one message")->check(CLI::Range(64, 16 << 20));
    add("--max-queue", server.limits.queue, "Bytes that wait for a client to read them")
        ->check(CLI::Range(1024, 1 << 30));
    add("--max-rate", server.limits.rate, "Messages a second of one client")
        ->check(CLI::PositiveNumber);
    add("--login-time", raw.login, "Seconds until a client must have logged in")
        ->check(CLI::PositiveNumber);
    add("--idle-time", raw.idle, "Seconds between two messages of a client")
        ->check(CLI::PositiveNumber);
}

void add_rooms(CLI::App &app, ServerOptions &server, Raw &raw) {
    auto add = [&](const char *name, auto &value, const char *about) {
        return app.add_option(name, value, about)->capture_default_str()->group("Rooms");
    };
    add("--max-rooms", server.lobby.max_rooms, "Rooms at once")->check(CLI::PositiveNumber);
    add("--seats", server.lobby.seats, "Seats of a room whose owner does not say")
        ->check(CLI::Range(1, 100));
    add("--max-seats", server.lobby.max_seats, "Seats of a room at most")
        ->check(CLI::Range(1, 100));
    add("--reply-time", server.lobby.timeout, "Seconds for an answer, where the owner does not say")
        ->check(CLI::Range(3, 300));
    add("--pace", server.pool.thread.delay_scale, "Factor of the game's pauses; 0: none")
        ->check(CLI::Range(0.0, 10.0));
    add("--longest", server.pool.thread.resume_limit,
        "Steps of a game, then it is closed; computers may find no end. 0: no limit");
    add("--database", server.database, "File for accounts, saves and results");
    add("--database-limit", raw.database,
        "Megabytes of saves and results; 0: 268 in memory, no limit in a file");
    add("--self-play", server.self_play.rooms, "Keep this many rooms of computers playing")
        ->check(CLI::PositiveNumber);
    add("--games", server.self_play.games, "Games of --self-play, then sum up and stop; 0: no end")
        ->check(CLI::PositiveNumber);
    add("--computers", raw.computers,
        "How scripts see computers alone; trust: like people who let the script play")
        ->check(CLI::IsMember({"robot", "trust"}));
}

void add_vms(CLI::App &app, Arguments &arguments, Raw &raw) {
    fk::room::PoolOptions &pool = arguments.server.pool;
    fk::Options &vm = pool.thread.vm;
    const auto add = [&](const char *name, auto &value, const char *about) {
        return app.add_option(name, value, about)->group("VMs");
    };
    CLI::Option *script = add("SCRIPT", vm.script, "The entry script of the game");
    add("--freekill", arguments.freekill, "Serve the freekill-core in DIR/packages")
        ->excludes(script);
    add("-b,--backend", vm.backend, "embedded, process, a plug-in's name or path");
    add("-C,--directory", vm.directory,
        "The VMs' working directory, SCRIPT is relative to it (default: the script's folder)");
    add("--preload", vm.preload, "NAME=MODULE: require NAME gives a built-in module");
    add("--env", vm.environment, "NAME=VALUE: a variable of the VMs' own environment");
    add("--global", raw.globals,
        "NAME=VALUE: a global variable of scripts; VALUE is JSON or else a string")
        ->check(cli::global_problem);
    add("--globals", vm.globals, "A JSON object of global variables")->check(cli::globals_problem);
    add("--sandbox", raw.sandbox, "What scripts may reach")
        ->check(CLI::IsMember({"game", "trusted", "strict"}))
        ->capture_default_str();
    app.add_flag_callback(
           "--follow-links", [&vm] { vm.flags |= FK_OPEN_FOLLOW_LINKS; },
           "Scripts may read what links in the VMs' folders lead to")
        ->group("VMs");
    add("--call-time", raw.call, "Seconds of one call (default 15)")
        ->check(CLI::Range(0.001, 86400.0));
    add("--host-time", raw.host, "Seconds that host methods take in one call (default 5)")
        ->check(CLI::Range(0.001, 86400.0));
    add("--memory-limit", raw.memory,
        "Megabytes of one VM (default 1074, with --rooms-per-vm 268)");
    add("--quota", raw.quotas, quota_help().c_str())->check([&pool](const std::string &text) {
        return set_quota(pool.thread.quotas, text);
    });
    add("--threads", pool.threads,
        "Threads at least, each with a VM or, by --rooms-per-vm, several")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add("--max-threads", pool.max_threads, "Threads at most; 0: as many as rooms need")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    add("--rooms-per-thread", pool.thread.capacity, "Rooms of one thread")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_flag("--share-core", pool.thread.share_core,
                 "Bind each VM's thread and child process to one core")
        ->group("VMs");
    add("--watch", pool.watch_interval,
        "Milliseconds between two looks for changed scripts; 0: never")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
}

void add_web(CLI::App &app, WebOptions &web) {
    const auto add = [&](const char *name, auto &value, const char *about) {
        return app.add_option(name, value, about)->group("Log and shell");
    };
    CLI::Option *const place =
        add("--web", web.place,
            "A page for operators on this port of 127.0.0.1, or on IP:PORT; it asks for a token");
    add("--web-token", web.token_file,
        "The token's file, for its owner alone; made if it is not there (default: a new token, "
        "told at the start)")
        ->needs(place);
    add("--web-name", web.names, "A name by which browsers reach the page, e.g. of a proxy")
        ->needs(place);
}

void add_output(CLI::App &app, Arguments &arguments, Raw &raw) {
    const auto add = [&](const char *name, auto &value, const char *about) {
        return app.add_option(name, value, about)->group("Log and shell");
    };
    add("--log", arguments.log, "The log's file (default: standard error)");
    add("--log-format", raw.log_format, "One record a line")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add("--log-level", raw.log_level,
        "The least (default: info; warning beside a shell on a terminal)")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    add("--metrics", arguments.server.metrics,
        "Answer GET /metrics for Prometheus on this port of 127.0.0.1, or on IP:PORT");
    add("--status", arguments.server.status,
        "Open a status socket at this path: fkvm top PATH shows the VMs");
    add_web(app, arguments.server.web);
    app.add_flag("--shell", arguments.shell,
                 "Read commands of an administrator from standard input, "
                 "even if it is no terminal")
        ->group("Log and shell");
}

std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::milliseconds(int64_t(seconds * 1000));
}

Level level_of(const Raw &raw, const Arguments &arguments) {
    if (raw.log_level == "debug") return Level::Debug;
    if (raw.log_level == "info") return Level::Info;
    if (raw.log_level == "warning") return Level::Warning;
    if (raw.log_level == "error") return Level::Error;
    const bool disturbs = arguments.shell && arguments.log.empty() && cli::is_terminal(stdin);
    return disturbs ? Level::Warning : Level::Info;
}

// VMs that open and close with their rooms.
void add_fleets(CLI::App &app, Arguments &arguments, Raw &raw) {
    fk::room::ThreadOptions &thread = arguments.server.pool.thread;
    const auto add = [&](const char *name, auto &value, const char *about) {
        return app.add_option(name, value, about)
            ->check(CLI::NonNegativeNumber)
            ->capture_default_str()
            ->group("VMs of their own");
    };
    add("--rooms-per-vm", thread.rooms_per_vm,
        "Rooms of one VM; 1: a VM for each, so that a script's fault costs one room. "
        "0: all rooms of a thread share one");
    add("--spares", thread.spares, "VMs of a thread that are open ahead of rooms");
    add("--memory-budget", raw.budget,
        "Megabytes of all VMs together; beyond, rooms wait or are refused. 0: no limit");
    add("--room-wait", raw.room_wait, "Seconds that a room waits for memory; 0: it is refused");
    add("--waiting-rooms", thread.waiting_rooms, "Rooms of a thread that may wait for memory");
}

// Every folder of packages by itself: those that are links are looked through too.
std::vector<std::string> packages_of(const std::string &directory) {
    std::error_code ignored;
    std::vector<std::string> folders;
    for (const auto &entry : std::filesystem::directory_iterator(directory + "/packages", ignored))
        folders.push_back(entry.path().string() + "/");
    return folders;
}

bool use_freekill(Arguments &arguments) {
    fk::Options &vm = arguments.server.pool.thread.vm;
    std::string problem;
    if (!cli::find_freekill(arguments.freekill, vm.script, vm.directory, problem)) {
        fprintf(stderr, "fk-server: %s\n", problem.c_str());
        return false;
    }
    arguments.server.lobby.mode = "aaa_role_mode";
    arguments.server.lobby.settings = cli::freekill_settings(arguments.server.lobby.timeout);
    arguments.server.pool.thread.load_wait = 5000;
    arguments.server.pool.watch = packages_of(vm.directory);
    return true;
}

void apply(const Raw &raw, Arguments &arguments) {
    ServerOptions &server = arguments.server;
    fk::Options &vm = server.pool.thread.vm;
    server.limits.login = milliseconds(raw.login);
    server.limits.idle = milliseconds(raw.idle);
    server.limits.burst = 4 * server.limits.rate;
    if (raw.computers == "robot") server.lobby.computers = fk::room::PlayerState::Robot;
    server.lobby.max_seats = std::max(server.lobby.max_seats, server.lobby.seats);
    server.self_play.seats = server.lobby.seats;
    vm.call_timeout = uint32_t(raw.call * 1000);
    vm.host_timeout = uint32_t(raw.host * 1000);
    server.database_limit = raw.database * 1'000'000;
    vm.memory_limit = raw.memory * 1'000'000;
    server.pool.thread.room_wait = static_cast<int>(raw.room_wait * 1000);
    if (raw.budget) server.pool.thread.budget = fk::room::share_memory(raw.budget * 1'000'000);
    vm.globals = cli::globals_of(vm.globals, raw.globals);
    vm.sandbox = raw.sandbox == "trusted"  ? FK_SANDBOX_TRUSTED
                 : raw.sandbox == "strict" ? FK_SANDBOX_STRICT
                                           : FK_SANDBOX_GAME;
    vm.interrupt_signal = SIGUSR1;
    arguments.shell = arguments.shell || cli::is_terminal(stdin);
    arguments.log_format = raw.log_format == "json" ? LogFormat::Json : LogFormat::Text;
    arguments.log_level = level_of(raw, arguments);
}

} // namespace

bool parse_arguments(int argc, char **argv, Arguments &arguments, int &exit_code) {
    CLI::App app("A game server: rooms of a Lua game for clients over TCP.", "fk-server");
    Raw raw;
    app.set_version_flag("--version", std::string("fk-server ") + fk_version());
    app.footer(footer);
    add_vms(app, arguments, raw);
    add_fleets(app, arguments, raw);
    add_clients(app, arguments.server, raw);
    add_rooms(app, arguments.server, raw);
    add_output(app, arguments, raw);
    if (cli::describes(app, argc, argv)) return exit_code = 0, false;
    exit_code = 2;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &problem) {
        if (problem.get_exit_code() == 0) return exit_code = app.exit(problem), false;
        fprintf(stderr, "fk-server: %s. Try: fk-server --help\n", problem.what());
        return false;
    }
    if (!arguments.freekill.empty() && !use_freekill(arguments)) return false;
    if (arguments.server.pool.thread.vm.script.empty()) {
        fprintf(stderr, "fk-server: which game? Give its entry script, or --freekill DIR. Try: "
                        "fk-server --help\n");
        return false;
    }
    apply(raw, arguments);
    return true;
}

} // namespace server
