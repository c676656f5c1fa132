// SPDX-License-Identifier: MIT
// A server's loop: rooms in VMs, delays by timers, new scripts beside the old, a VM that dies.
#include <fk/asio.hpp>

#include <csignal>
#include <iostream>
#include <map>

struct Server {
    using Vm = std::shared_ptr<fk::AsioVm>;
    boost::asio::io_context context;
    std::string script;
    int opened = 0;
    Vm newest;
    std::map<int, Vm> rooms; // a VM ends with its last room, unless it is the newest

    static void say(int vm, auto what) { std::cout << "VM " << vm << ' ' << what << std::endl; }
    // New rooms begin in a new VM. If its script fails this throws, and all is as before.
    void update() {
        const auto vm = std::make_shared<fk::AsioVm>(context);
        const int n = ++opened;
        vm->bind("wait", [this, at = std::weak_ptr(vm)](int room, int ms) { wait(at, room, ms); });
        vm->on_death([=, this, dead = vm.get()](const fk::Error &why) {
            std::cerr << why.what() << '\n';
            say(n, "is dead"), recover(dead);
        });
        vm->open({.script = script, .finalize = [n] { say(n, "is closed"); }});
        say(n, "is open");
        newest = vm;
    }
    void start(int room) {
        rooms[room] = newest;
        newest->call("start", room);
    }
    void wait(const std::weak_ptr<fk::AsioVm> &at, int room, int ms) {
        const auto timer = std::make_shared<boost::asio::steady_timer>(context);
        timer->expires_after(std::chrono::milliseconds(ms));
        timer->async_wait([this, timer, at, room](auto) { resume(at.lock(), room); });
    }
    void resume(const Vm &vm, int room) try {
        if (!rooms.contains(room) || rooms[room] != vm) return; // it went on in another VM
        if (vm->call<bool>("resume", room)) rooms.erase(room);
    } catch (const fk::Error &error) {
        if (error.vm_alive()) rooms.erase(room); // those of a dead VM begin anew, see recover()
    }
    void recover(const fk::AsioVm *dead) {
        if (newest.get() == dead) update();
        for (auto &[room, vm] : rooms)
            if (vm.get() == dead) start(room);
    }
};

int main(int, char **argv) {
    Server server{.script = argv[1]};
    server.update(), server.start(1);
    server.update(), server.start(2);
    while (server.rooms.size() > 1) server.context.run_one();
    if (const auto pid = server.newest->stats().pid) ::kill(static_cast<pid_t>(pid), SIGKILL);
    while (!server.rooms.empty()) server.context.run_one();
}
