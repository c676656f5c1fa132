// SPDX-License-Identifier: MIT
// A FreeKill server for one thread, on fk/freekill.hpp and fk/asio.hpp alone: it plays the real core
// with clients over TCP, ends the VM of a game, meets a package that loops, and updates. One row of a
// table, for the backend that FK_VM_BACKEND and FK_VM_COMMAND choose (adopt.sh).
#include "people.hpp"

#include <fk/asio.hpp>
#include <fk/freekill.hpp>

#include <csignal>
#include <cstdio>

using namespace fk::freekill;

constexpr int seats = 8;

struct Game final : ServerBase {
    Game() {
        for (int i = 0; i < seats; i++)
            people.push_back(std::make_unique<Person>(context, acceptor));
    }

    // ---- what scripts ask -----------------------------------------------------------------------
    Answer<RoomData> RoomThread_getRoom(int id) override {
        const fk_member settings[] = {{FK_STR("gameMode"), FK_STR(mode.c_str())},
                                      {FK_STR("generalNum"), FK_INT(3)},
                                      {FK_STR("generalTimeout"), FK_INT(15)},
                                      {FK_STR("enableFreeAssign"), FK_BOOL(false)},
                                      {FK_STR("enableDeputy"), FK_BOOL(false)},
                                      {FK_STR("luckTime"), FK_INT(0)},
                                      {FK_STR("disabledPack"), FK_ITEMS(nullptr, 0)},
                                      {FK_STR("disabledGenerals"), FK_ITEMS(nullptr, 0)}};
        RoomData room{.id = id, .ownerId = 1, .timeout = 15};
        room.settings = cbor(FK_OBJECT(settings)).bytes;
        for (int i = 1; i <= seats; i++)
            room.players.push_back({.connId = i,
                                    .id = i,
                                    .screenName = "P" + std::to_string(i),
                                    .state = static_cast<int>(PlayerState::Trust),
                                    .thinking = false});
        return cbor(room);
    }
    void ServerPlayer_doNotify(int conn, Text command, Text payload) override {
        messages++;
        people.at(conn - 1)->send(command, payload);
    }
    void ServerPlayer_doRequest(int, Text, Text, double, std::optional<double>) override {}
    std::string ServerPlayer_waitForReply(int, std::optional<double>) override {
        return "__cancel";
    }
    bool ServerPlayer_thinking(int) override { return false; }
    void Room_delay(int id, double) override {
        net::post(context, [this, id, n = vms] {
            if (n == vms) lua->resume_room(id, "delay_done");
        });
    }
    void Room_setRequestTimer(int, double) override {}
    void Room_gameOver(int) override {}
    void Room_decreaseRefCount(int) override { over++; }
    int Room_getSessionId(int) override { return 1; }
    std::string Room_getSessionData(int) override { return "{}"; }
    void room_failed(int, const RoomFailure &failure) override { tell(failure.text()); }

    // ---- the server -----------------------------------------------------------------------------
    void tell(const std::string &text) {
        for (auto &p : people) p->send("ErrorDlg", text);
    }
    void open(const fk::Options &options) {
        lua.reset();
        vm = std::make_unique<fk::AsioVm>(context);
        vm->on_death([this](const fk::Error &why) { tell(why.what()); });
        lua = std::make_unique<Scheduler<fk::AsioVm>>(*vm, *this);
        vm->open(lua->options(options));
        vms++;
    }
    void start(const char *in_mode) {
        mode = in_mode;
        for (auto &person : people) person->told.clear();
        lua->handle_request("-1," + std::to_string(++rooms) + ",newroom");
    }
    void play() {
        for (const int before = over; over == before;) context.run_one();
    }
    // How long it took, and what the players read.
    std::pair<double, std::string> until_told() {
        const auto start = Clock::now();
        while (people.back()->told.empty()) context.run_one();
        return {ms_since(start), people.back()->told.substr(0, 120)};
    }
    int64_t pid() const { return vm->stats().pid; }
    double cpu() const { return used_by(0).first + (pid() ? used_by(pid()).first : 0); }
    double child() const { return pid() ? used_by(pid()).second : 0; }

    net::io_context context;
    tcp::acceptor acceptor{context, {net::ip::address_v4::loopback(), 0}};
    std::vector<std::unique_ptr<Person>> people;
    std::unique_ptr<fk::AsioVm> vm;
    std::unique_ptr<Scheduler<fk::AsioVm>> lua;
    std::string mode;
    uint64_t messages = 0;
    int rooms = 0, over = 0, vms = 0;
};

// adopt NAME SCRIPT DIRECTORY: SCRIPT "-" for a child that brings its own.
int main(int, char **argv) {
    const std::string script = argv[2];
    fk::Options options{.script = script == "-" ? "" : script, .directory = argv[3]};
    options.output = [](fk_level level, std::string_view text) {
        if (level >= FK_LEVEL_WARNING)
            std::fprintf(stderr, "%.*s\n", int(text.size()), text.data());
    };
    options.call_timeout = 3000;
    if (script == "-") options.flags = FK_OPEN_RAW_STRINGS;

    Game game;
    game.open(options);
    const double cpu = game.cpu();
    for (int i = 0; i < 3; i++) game.start("aaa_role_mode"), game.play();
    const double us = (game.cpu() - cpu) / static_cast<double>(game.messages);
    const double server = used_by(0).second, child = game.child();

    game.start("looping_mode"); // ends its room alone, or its child
    const std::string loop = game.until_told().second;
    const bool lives = game.vm->is_alive();
    if (!lives) game.open(options);

    double killed = 0;
    if (const auto pid = game.vm->stats().pid) {
        game.start("aaa_role_mode");
        for (const auto until = game.messages + 1000; game.messages < until;)
            game.context.run_one();
        kill(static_cast<pid_t>(pid), SIGKILL);
        killed = game.until_told().first;
    }
    game.open(options); // new scripts; the old VM goes, and its memory with it
    game.start("aaa_role_mode"), game.play();
    std::printf("| %s | %lu | %.1f | %.0f | %.0f | %.0f | %.0f | %s: %s |\n", argv[1],
                static_cast<unsigned long>(game.messages), us, server, child, killed,
                used_by(0).second, lives ? "the room" : "its VM", loop.c_str());
}
