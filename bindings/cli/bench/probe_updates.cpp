// SPDX-License-Identifier: MIT
// A server over a day, with an update of its packages each hour: new VMs open on threads of their
// own and play, then those of the hour before are closed. Players come and go, and so do threads.
// What the server keeps of its messages stays.
#include "probes.h"

#include "kept_messages.h"
#include "stage.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <future>

namespace cli {

namespace {

// VMs that were opened in the same hour.
class Generation {
  public:
    Generation(const ProbeArguments &arguments, std::vector<KeptMessages> &kept, size_t vms)
        : arguments_(arguments), meeting_(ptrdiff_t(vms) + 1) {
        for (size_t i = 0; i < vms; i++)
            threads_.push_back(std::async(std::launch::async, [&, i] { run_vm(kept[i]); }));
    }

    void wait_until_played() { meeting_.arrive_and_wait(); }
    void close() {
        meeting_.arrive_and_wait();
        for (auto &thread : threads_) thread.get();
    }
    uint64_t notifies() const { return notifies_; }

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

    const ProbeArguments &arguments_;
    std::barrier<> meeting_;
    std::atomic<uint64_t> notifies_ = 0;
    std::vector<std::future<void>> threads_;
};

class Day {
  public:
    explicit Day(const ProbeArguments &arguments) : arguments_(arguments) {
        for (auto &kept : kept_) kept = std::vector<KeptMessages>(arguments.vms);
        look();
    }

    void live() {
        for (uint64_t hour = 0; hour < arguments_.count; hour++) {
            auto next =
                std::make_unique<Generation>(arguments_, kept_[hour % kept_.size()], vms_at(hour));
            next->wait_until_played();
            look();
            if (now_) end_hour();
            now_ = std::move(next);
        }
        end_hour();
    }

    std::string figures() const {
        return JsonObject()
            .raw("server", server_.text())
            .raw("children", children_.text())
            .add("notifies", notifies_)
            .text();
    }

  private:
    // Few in the morning and at night, as fkvm-states has it.
    uint64_t vms_at(uint64_t hour) const {
        const uint64_t hours = arguments_.count, until_noon = std::min(hour, hours - hour);
        return 1 + (arguments_.vms - 1) * until_noon * 2 / hours;
    }

    void end_hour() {
        now_->close();
        notifies_ += now_->notifies();
        look();
    }

    void look() {
        const Footprint memory = footprint();
        server_.raw(std::to_string(memory.own.resident));
        children_.raw(std::to_string(memory.children.proportional));
    }

    const ProbeArguments &arguments_;
    std::array<std::vector<KeptMessages>, 2> kept_; // of this hour and of the one before
    std::unique_ptr<Generation> now_;
    uint64_t notifies_ = 0;
    JsonArray server_, children_;
};

} // namespace

std::string probe_updates(const ProbeArguments &arguments) {
    raise_descriptor_limit();
    Day day(arguments);
    day.live();
    return day.figures();
}

} // namespace cli
