// SPDX-License-Identifier: MIT
// The commands of the admin shell that look at the server and steer it.
#include "admin.h"

#include "log.h"
#include "report.h"

#include <charconv>
#include <sstream>

namespace server {

namespace {

using Words = std::vector<std::string>;

std::vector<std::string> words_of(const std::string &line) {
    std::istringstream in(line);
    return {std::istream_iterator<std::string>(in), {}};
}

// The number that names a room, a player or a VM; an answer has been given if there is none.
bool take_id(const Words &arguments, const char *what, const Answer &answer, int &id) {
    const std::string word = arguments.empty() ? "" : arguments[0];
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (failed == std::errc() && end == word.data() + word.size()) return true;
    answer(std::string("which ") + what + "? Give its number\n");
    return false;
}

fk::Value params_of(int id) {
    const fk_value items[] = {FK_INT(id)};
    const fk_value params = FK_ARRAY(items);
    fk_value *copy = nullptr;
    fk::check(fk_value_copy(&params, &copy));
    return fk::Value(copy);
}

fk::room::Done done(const Answer &answer, const std::string &good) {
    return [answer, good](const std::string &problem) {
        answer((problem.empty() ? good : problem) + "\n");
    };
}

void help(Server &, const Words &, const Answer &answer) { answer(report_commands(commands())); }

void stat(Server &server, const Words &, const Answer &answer) { answer(report_server(server)); }

void rooms(Server &server, const Words &, const Answer &answer) { answer(report_rooms(server)); }

void players(Server &server, const Words &, const Answer &answer) {
    answer(report_players(server));
}

// The server's view, then what the script's RoomInfo says.
void room(Server &server, const Words &arguments, const Answer &answer) {
    int id = 0;
    if (!take_id(arguments, "room", answer, id)) return;
    const auto found = server.lobby().rooms().find(id);
    if (found == server.lobby().rooms().end())
        return answer("there is no room " + std::to_string(id) + "\n");
    const std::string view = report_room(server, found->second);
    const auto thread = server.pool().find(id);
    if (!thread) return answer(view);
    thread->call("RoomInfo", params_of(id),
                 [answer, view](fk::Value result, const std::string &problem) {
                     answer(view + report_script(result.get(), problem));
                 });
}

void kick(Server &server, const Words &arguments, const Answer &answer) {
    int id = 0;
    if (!take_id(arguments, "player", answer, id)) return;
    const bool known = server.lobby().kick(id, "an administrator has ended your connection");
    answer((known ? "player " + std::to_string(id) + " is out"
                  : "there is no player " + std::to_string(id)) +
           "\n");
}

void kill_vm(Server &server, const Words &arguments, const Answer &answer) {
    int id = 0;
    if (!take_id(arguments, "VM", answer, id)) return;
    const auto thread = server.pool().thread(id);
    if (!thread) return answer("there is no VM " + std::to_string(id) + "\n");
    const fk::room::ThreadInfo info = thread->info();
    thread->kill("killed by an administrator");
    log_event(Level::Warning, "vm_killed", {{"thread", id}, {"rooms", info.rooms}});
    answer("VM " + std::to_string(id) + " is killed; it had " + std::to_string(info.rooms) +
           " rooms\n");
}

void vms(Server &server, const Words &, const Answer &answer) { answer(report_vms(server)); }

void kill_room(Server &server, const Words &arguments, const Answer &answer) {
    int id = 0;
    if (!take_id(arguments, "room", answer, id)) return;
    const auto thread = server.pool().find(id);
    if (!thread) return answer("room " + std::to_string(id) + " plays on no VM\n");
    log_event(Level::Warning, "vm_killed", {{"thread", thread->id()}, {"room", id}});
    thread->kill_vm_of(id, "killed by an administrator",
                       done(answer, "the VM of room " + std::to_string(id) + " is killed"));
}

void close_room(Server &server, const Words &arguments, const Answer &answer) {
    int id = 0;
    if (!take_id(arguments, "room", answer, id)) return;
    const std::string room = "room " + std::to_string(id), reason = "An administrator closes it.";
    if (const auto thread = server.pool().find(id))
        return thread->close_room(id, reason, done(answer, room + " is closed"));
    answer(server.lobby().close_waiting(id, reason) ? room + " is closed\n"
                                                    : "there is no " + room + "\n");
}

// One of `vms`: what = the thread does with it, if it is there.
template <class What>
void with_vm(Server &server, int id, const Answer &answer, const char *good, What what) {
    for (const auto &thread : server.pool().threads())
        if (what(*thread)) return answer("VM " + std::to_string(id) + " " + good + "\n");
    answer("there is no VM " + std::to_string(id) + "\n");
}

void interrupt(Server &server, const Words &arguments, const Answer &answer) {
    int id = 0;
    if (!take_id(arguments, "VM", answer, id)) return;
    log_event(Level::Warning, "vm_interrupted", {{"vm", id}});
    with_vm(server, id, answer, "is interrupted: what its script does now ends with an error",
            [id](fk::room::RoomThread &thread) { return thread.interrupt_vm(id); });
}

void end_vm(Server &server, const Words &arguments, const Answer &answer) {
    int id = 0;
    if (!take_id(arguments, "VM", answer, id)) return;
    log_event(Level::Warning, "vm_killed", {{"vm", id}});
    with_vm(server, id, answer, "is killed", [id](fk::room::RoomThread &thread) {
        return thread.kill_vm(id, "killed by an administrator");
    });
}

void deaths(Server &server, const Words &, const Answer &answer) { answer(report_deaths(server)); }

void reload(Server &server, const Words &, const Answer &answer) {
    server.pool().reload(
        done(answer, "new rooms open on new VMs, the old ones end with their last room"));
}

void backend(Server &server, const Words &arguments, const Answer &answer) {
    if (arguments.empty()) return answer(report_backends(server));
    server.set_backend(arguments[0],
                       done(answer, "new rooms open on VMs of the backend " + arguments[0]));
}

void quit(Server &server, const Words &, const Answer &answer) {
    server.stop("an administrator says so");
    answer("closing\n");
}

template <class Map>
std::vector<std::string> keys(const Map &map) {
    std::vector<std::string> names;
    for (const auto &[id, _] : map) {
        if constexpr (std::is_same_v<typename Map::key_type, int>)
            names.push_back(std::to_string(id));
        else
            names.push_back(id);
    }
    return names;
}

std::vector<std::string> vms_or_threads(Server &server, bool threads) {
    std::vector<std::string> names;
    for (const fk::room::ThreadInfo &thread : server.pool().info().threads) {
        if (threads) names.push_back(std::to_string(thread.id));
        for (const fk::room::VmInfo &vm : thread.vms)
            if (!threads) names.push_back(std::to_string(vm.id));
    }
    return names;
}

std::vector<std::string> arguments_for(Server &server, const std::string &command) {
    if (command == "room" || command == "kill-room" || command == "close-room")
        return keys(server.lobby().rooms());
    if (command == "kick") return keys(server.lobby().players());
    if (command == "backend") return keys(backends());
    if (command == "kill-vm") return vms_or_threads(server, true);
    if (command == "interrupt" || command == "end-vm") return vms_or_threads(server, false);
    return {};
}

} // namespace

const std::vector<Command> &commands() {
    static const std::vector<Command> all = {
        {"stat", "", "the server, its VMs and their memory", stat},
        {"rooms", "", "all rooms", rooms},
        {"room", "ID", "one room, as the server and as its script sees it", room},
        {"players", "", "who is here", players},
        {"kick", "ID", "end a player's connection; the computer takes the seat", kick, true},
        {"kill-vm", "ID", "kill a thread's VMs: its rooms are lost, a new one takes its place",
         kill_vm},
        {"vms", "", "each VM: its rooms, its process, its memory", vms},
        {"end-vm", "ID", "kill one VM of `vms`: its rooms are lost", end_vm, true},
        {"interrupt", "ID", "end what the script of a VM of `vms` does now", interrupt, true},
        {"kill-room", "ID", "kill the VM of a room: all rooms of this VM are lost", kill_room,
         true},
        {"close-room", "ID", "close a room: its players go back to the lobby", close_room, true},
        {"deaths", "", "VMs that died, and reports of FK_VM_CRASH_DIR", deaths},
        {"reload", "", "new VMs with the scripts of now for new rooms", reload, true},
        {"backend", "[NAME]", "the backends there are; reload with this one", backend},
        {"help", "", "this list", help},
        {"quit", "", "close the server", quit}};
    return all;
}

void run_command(Server &server, const std::string &line, const Answer &answer) {
    Words words = words_of(line);
    if (words.empty()) return answer("");
    const std::string name = words[0];
    words.erase(words.begin());
    for (const Command &command : commands())
        if (name == command.name) return command.run(server, words, answer);
    answer("there is no command " + name + ": help lists them\n");
}

std::vector<std::string> completions(Server &server, const std::string &line) {
    const std::vector<std::string> words = words_of(line);
    const bool fresh = line.empty() || line.ends_with(' '); // a new word begins
    const std::string begun = fresh ? "" : words.back();
    std::vector<std::string> names;
    if (words.size() + fresh > 2) return names;
    if (words.size() + fresh == 2)
        names = arguments_for(server, words[0]);
    else
        for (const Command &command : commands()) names.push_back(command.name);
    std::erase_if(names, [&](const std::string &name) { return !name.starts_with(begun); });
    return names;
}

} // namespace server
