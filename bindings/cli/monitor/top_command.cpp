// SPDX-License-Identifier: MIT
// fkvm top: on a terminal the whole screen, else a table or lines of JSON.
#include "clocks.h"
#include "commands.h"
#include "messages.h"
#include "monitor/listing.h"
#include "monitor/screen.h"
#include "monitor/view.h"
#include "term.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace cli {

namespace {

namespace fs = std::filesystem;

std::string folder_of_sockets() {
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    return runtime && *runtime ? std::string(runtime) + "/fkvm" : "/run/fkvm";
}

std::vector<std::string> sockets_there(const std::string &folder) {
    std::vector<std::string> found;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed))
        if (entry->is_socket(failed)) found.push_back(entry->path().string());
    std::sort(found.begin(), found.end());
    return found;
}

// Which to ask where none is named. Empty: it has complained.
std::vector<std::string> usual_sockets() {
    const char *named = getenv("FK_VM_STATUS");
    if (named && *named) return {named};
    const std::string folder = folder_of_sockets();
    const std::vector<std::string> found = sockets_there(folder);
    if (found.size() == 1) return found;
    std::string list;
    for (const std::string &path : found) list += (list.empty() ? "" : ", ") + harmless(path);
    complain(found.empty() ? "no SOCKET is given, $FK_VM_STATUS is not set, and " + folder +
                                 " has none. A server opens one by FK_VM_STATUS=PATH, or fk-server "
                                 "by --status PATH"
                           : "which SOCKET? There are " + list);
    return {};
}

void complain_of(const std::vector<StatusSocket> &sockets) {
    for (const StatusSocket &socket : sockets)
        if (!socket.seen().problem.empty())
            complain(harmless(socket.path()) + ": " + harmless(socket.seen().problem));
}

bool one_answers(const std::vector<StatusSocket> &sockets) {
    return std::any_of(sockets.begin(), sockets.end(),
                       [](const StatusSocket &socket) { return socket.seen().problem.empty(); });
}

int print_table(std::vector<StatusSocket> &sockets) {
    std::vector<const ServerSeen *> servers;
    for (StatusSocket &socket : sockets) servers.push_back(&socket.look());
    complain_of(sockets);
    if (!one_answers(sockets)) return Failed;
    const Listing listing(sockets.size() > 1);
    Table table(listing.table({}));
    for (const ListedVm &row : listing.rows(servers, {}, "")) table.row(row.cells);
    printf("%s\n", sum_of(servers).c_str());
    table.print(stdout);
    return Fine;
}

int print_json(std::vector<StatusSocket> &sockets, const TopArguments &arguments) {
    for (;;) {
        std::vector<ServerSeen> servers;
        for (StatusSocket &socket : sockets) servers.push_back(socket.look());
        printf("%s\n", json_of(servers).c_str());
        if (fflush(stdout) != 0 || arguments.once) break;
        std::this_thread::sleep_for(std::chrono::duration<double>(arguments.interval));
    }
    return one_answers(sockets) ? Fine : Failed;
}

// Returns the signal that ended it, or 0.
int show(std::vector<StatusSocket> &sockets, const TopArguments &arguments) {
    Keyboard keyboard;
    Screen screen(keyboard);
    TopView view(sockets);
    const auto interval = static_cast<int64_t>(arguments.interval * 1e9);
    int64_t next = 0;
    for (;;) {
        if (const int signal = screen.obey_signals()) return signal;
        if (monotonic_ns() >= next) {
            view.look();
            next = monotonic_ns() + interval;
        }
        screen.draw(view.picture(screen.width(), screen.height()));
        char byte;
        switch (keyboard.read_within((next - monotonic_ns()) / 1'000'000 + 1, byte)) {
        case Keyboard::Ended:
            return 0;
        case Keyboard::Byte:
            if (!view.press(byte)) return 0;
            break;
        case Keyboard::Nothing:
            break;
        }
    }
}

} // namespace

int top(const TopArguments &arguments) {
    const std::vector<std::string> paths =
        arguments.sockets.empty() ? usual_sockets() : arguments.sockets;
    if (paths.empty()) return Usage;
    std::vector<StatusSocket> sockets;
    for (const std::string &path : paths) sockets.emplace_back(path);
    if (arguments.json) return print_json(sockets, arguments);
    if (arguments.once || !is_terminal(stdout) || !is_terminal(stdin)) return print_table(sockets);
    if (const int signal = show(sockets, arguments)) Screen::end_by(signal);
    return Fine;
}

} // namespace cli
