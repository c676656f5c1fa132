// SPDX-License-Identifier: MIT
// The rounds of a soak.
#include "soak.h"

#include "format.h"
#include "trouble.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <future>
#include <thread>

namespace cli {

namespace {

const int64_t second = 1'000'000'000;
const uint64_t most_games =
    1000; // of one VM: in a round there is time for less, unless they fail at once

// Long enough that children are opened and played on, short enough that there are many.
int64_t length_of_round(double seconds) {
    return std::clamp(int64_t(seconds / 50 * 1e9), second / 5, 10 * second);
}

ProbeArguments probe_of(const SoakArguments &arguments, const std::string &backend) {
    ProbeArguments probe;
    probe.vm = arguments.vm;
    probe.vm.backend = backend;
    probe.players = arguments.players;
    probe.rooms = arguments.rooms;
    return probe;
}

// At any moment of a call, or between two.
std::future<void> interrupt_later(fk_vm *vm, std::chrono::milliseconds delay) {
    return std::async(std::launch::async, [vm, delay] {
        std::this_thread::sleep_for(delay);
        fk_vm_interrupt(vm);
    });
}

} // namespace

Soak::Soak(const SoakArguments &arguments, const std::string &backend)
    : probe_(probe_of(arguments, backend)), seats_(arguments.vms) {}

void Soak::run(double seconds, const std::function<bool()> &stop,
               const std::function<void(double part)> &show) {
    stop_ = stop;
    const int64_t begin = monotonic_ns(), length = int64_t(seconds * 1e9);
    do {
        round(std::min(monotonic_ns() + length_of_round(seconds), begin + length));
        samples_.push_back(settled());
        show(double(monotonic_ns() - begin) / double(length));
    } while (!stop() && monotonic_ns() - begin < length);
}

void Soak::note(const std::string &problem) {
    const size_t most = 10;
    unexpected_++;
    if (problems_.size() < most) problems_.push_back(problem);
}

void Soak::round(int64_t end) {
    std::vector<Seat> seats = open_seats();
    if (!seats.empty()) {
        Seat &unlucky = seats[chance(seats.size()) - 1];
        unlucky.interrupted = true;
        const auto interrupt =
            interrupt_later(unlucky.stage->handle(), std::chrono::milliseconds(chance(100)));
        play(seats, end); // the future waits, before the VM is closed
    }
    for (Seat &seat : seats) {
        judge(seat);
        close(seat);
    }
    const auto &all = troubles();
    const Trouble &trouble = all[rounds() % all.size()];
    if (trouble.child_only && probe_.vm.backend == "embedded") return;
    const std::string problem = provoke(trouble, probe_.vm.backend);
    vms_++;
    provoked_[trouble.name]++;
    if (!problem.empty()) note(problem);
}

std::vector<Soak::Seat> Soak::open_seats() {
    std::vector<Seat> seats;
    try {
        while (seats.size() < seats_ && !stop_()) {
            seats.push_back({std::make_unique<Stage>(probe_)});
            seats.back().stage->begin(most_games, probe_.rooms);
            vms_++;
        }
    } catch (const std::runtime_error &problem) {
        note(problem.what());
    }
    if (!seats.empty() && seats.front().stage->vm().stats().pid)
        seats.front().kill_at = chance(200);
    return seats;
}

void Soak::play(std::vector<Seat> &seats, int64_t end) {
    bool any = true;
    for (uint64_t i = 1; any && monotonic_ns() < end && !stop_(); i++) {
        any = false;
        for (Seat &seat : seats) {
            if (seat.playing) step(seat, i);
            any |= seat.playing;
        }
    }
}

void Soak::step(Seat &seat, uint64_t step) {
    if (step == seat.kill_at) {
        seat.killed = true;
        provoked_["kills"]++;
        kill(static_cast<pid_t>(seat.stage->vm().stats().pid), SIGKILL);
    }
    seat.playing = seat.stage->step();
}

// A game may end badly if its VM was killed or interrupted, and only so.
void Soak::judge(const Seat &seat) {
    for (const Game &game : seat.stage->games_as_they_came()) {
        games_++;
        if (game.problem.empty() || (seat.killed && game.failed == FK_VM_DIED)) continue;
        if (seat.interrupted && game.failed == FK_INTERRUPTED)
            provoked_["interrupted games"]++;
        else
            note(game.problem);
    }
}

void Soak::close(Seat &seat) {
    const bool alive = seat.stage->vm().stats().alive;
    if (seat.stage->vm().close() != FK_OK && alive && !seat.killed)
        note("closing a VM: " + last_failure());
}

// Templates and what else ends a little later are given their time.
Holdings Soak::settled() const {
    const int64_t end = monotonic_ns() + 5 * second;
    for (;;) {
        const Holdings now = holdings();
        const bool quiet = now.children <= before_.children &&
                           now.descriptors <= before_.descriptors && now.threads <= before_.threads;
        if (quiet || monotonic_ns() > end) return now;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

const Holdings &Soak::early() const { return samples_[samples_.size() / 10]; }

std::vector<std::string> Soak::verdict(double most_growth) const {
    std::vector<std::string> wrong;
    const auto say = [&](const std::string &what) { wrong.push_back(backend() + ": " + what); };
    const auto kept = [&](uint64_t now, uint64_t before, const char *word, const char *words) {
        if (now > before) say(plural(now - before, word, words) + " left over");
    };
    const double grown = double(growth()) / 1e6;
    if (grown > most_growth)
        say("the server has grown by " + fixed(grown, 2) + " MB, more than " +
            fixed(most_growth, 2));
    kept(last().descriptors, before_.descriptors, "descriptor is", "descriptors are");
    kept(last().threads, before_.threads, "thread is", "threads are");
    kept(last().children, before_.children, "child process is", "child processes are");
    if (unexpected_) say(plural(unexpected_, "error", "errors") + " that nobody provoked");
    return wrong;
}

} // namespace cli
