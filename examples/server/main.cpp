// SPDX-License-Identifier: MIT
// fk-server: rooms of a Lua game for clients over TCP. docs/server.md.
#include "options.h"
#include "shell.h"

#include <clocale>
#include <cstdio>
#include <optional>
#include <sys/resource.h>

namespace {

enum Exit { Fine = 0, Failed = 1, NotOpened = 3 };

// Bytes as they are, widths of UTF-8: the C locale knows neither.
void set_locale() {
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
}

// A child takes seven descriptors, a client one: as many as the system lets this program have.
void raise_limit_of_descriptors() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void tell_of_page(const server::Web &web, const server::WebOptions &options) {
    printf("the page for operators: http://%s/, its token: %s\n", web.place().c_str(),
           options.token_file.empty() ? web.token().c_str() : ("in " + options.token_file).c_str());
}

int serve(const server::Arguments &arguments) {
    server::Server server(arguments.server);
    printf("fk-server listens on %s\n", server.place().c_str());
    if (server.web()) tell_of_page(*server.web(), arguments.server.web);
    fflush(stdout);
    {
        std::optional<server::Shell> shell;
        if (arguments.shell) shell.emplace(server);
        server.run();
    }
    if (arguments.server.self_play.rooms == 0) return Fine;
    printf("%s\n", server.self_play().summary().c_str());
    return server.self_play().all_over() ? Fine : Failed;
}

int complain(const char *what) {
    fprintf(stderr, "fk-server: %s\n", what);
    return Failed;
}

} // namespace

int main(int argc, char **argv) {
    set_locale();
    raise_limit_of_descriptors();
    server::Arguments arguments;
    int exit_code = Fine;
    if (!server::parse_arguments(argc, argv, arguments, exit_code)) return exit_code;
    try {
        server::start_log(arguments.log, arguments.log_format, arguments.log_level);
        exit_code = serve(arguments);
    } catch (const fk::Error &problem) {
        complain((std::string("the VM did not open: ") + problem.what()).c_str());
        fputs(problem.traceback().c_str(), stderr);
        exit_code = NotOpened;
    } catch (const std::exception &problem) {
        exit_code = complain(problem.what());
    }
    server::stop_log();
    return exit_code;
}
