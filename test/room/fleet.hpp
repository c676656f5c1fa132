// SPDX-License-Identifier: MIT
// A thread whose rooms have VMs of their own, and clients in them.
#pragma once

#include "city.hpp"

inline bool on_process() { return std::getenv("FK_VM_BACKEND") == std::string("process"); }

struct Estate : House {
    Estate() {
        options.rooms_per_vm = 1;
        options.spares = 1;
        options.vm.interrupt_signal = SIGRTMIN + 4;
        options.vm.call_timeout = 60'000; // nobody waits for it
    }
};

// A room of one person.
struct Home {
    std::shared_ptr<Client> client = std::make_shared<Client>();
    RoomThread &thread;
    int room = 0;

    explicit Home(RoomThread &thread) : thread(thread) {
        const Added added = add();
        assert_string_equal(added.problem.c_str(), "");
        room = added.id;
    }
    Added add() {
        RoomSpec spec;
        spec.players.push_back(player(1, client));
        return thread.add_room(std::move(spec));
    }
    void ask(const std::string &request) { thread.push_request(room, 1, request); }
    void plays(int steps = 1) {
        for (int step = 1; step <= steps; step++) {
            const std::string text = "step " + std::to_string(step);
            thread.wake_up(room, text);
            client->await("Resumed", text);
        }
    }
    void finish() {
        thread.wake_up(room, "finish");
        assert_int_equal(client->ends.take("the end").how, Ending::Over);
    }
    Client::End lost() {
        const Client::End end = client->ends.take("the end");
        assert_int_equal(end.how, Ending::ServerError);
        assert_true(client->ends.empty());
        return end;
    }
    VmInfo vm() const {
        for (const VmInfo &vm : thread.info().vms)
            if (vm.rooms == std::vector<int>{room}) return vm;
        fail_msg("room %d has no VM of its own", room);
        return {};
    }
};

inline std::string refused(RoomThread &thread) {
    RoomSpec spec;
    spec.players.push_back(player(1, std::make_shared<Client>()));
    return thread.add_room(std::move(spec)).problem;
}
