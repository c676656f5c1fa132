// SPDX-License-Identifier: MIT
// A server over a day of updates: VMs on threads of their own play and are closed, again and again,
// while what the server keeps of their messages stays.
#include "probes.h"

#include "kept_messages.h"
#include "stage.h"

#include <barrier>
#include <future>

namespace cli {

namespace {

class Day {
  public:
    explicit Day(const ProbeArguments &arguments)
        : arguments_(arguments), kept_(arguments.vms), meeting_(ptrdiff_t(arguments.vms) + 1) {
        look();
    }

    // What was there with the VMs, when all have played, and what without.
    void play_and_update() {
        std::vector<std::future<void>> threads;
        for (KeptMessages &kept : kept_)
            threads.push_back(std::async(std::launch::async, [&] { run_vm(kept); }));
        meeting_.arrive_and_wait();
        look();
        meeting_.arrive_and_wait();
        for (auto &thread : threads) thread.get();
        look();
    }

    std::string figures() const {
        return JsonObject()
            .raw("server", server_.text())
            .raw("children", children_.text())
            .add("notifies", notifies_.load())
            .text();
    }

  private:
    void run_vm(KeptMessages &kept) {
        int meetings = 2;
        try {
            Stage stage(arguments_, &kept);
            stage.play(arguments_.games);
            notifies_ += stage.notifies();
            for (; meetings > 0; meetings--) meeting_.arrive_and_wait();
            stage.close();
        } catch (...) {
            for (; meetings > 0; meetings--) meeting_.arrive_and_wait();
            throw;
        }
    }

    void look() {
        const Footprint memory = footprint();
        server_.raw(std::to_string(memory.own.resident));
        children_.raw(std::to_string(memory.children.proportional));
    }

    const ProbeArguments &arguments_;
    std::vector<KeptMessages> kept_;
    std::barrier<> meeting_;
    std::atomic<uint64_t> notifies_ = 0;
    JsonArray server_, children_;
};

} // namespace

std::string probe_updates(const ProbeArguments &arguments) {
    raise_descriptor_limit();
    Day day(arguments);
    for (uint64_t update = 0; update < arguments.count; update++) day.play_and_update();
    return day.figures();
}

} // namespace cli
