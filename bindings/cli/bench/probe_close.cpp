// SPDX-License-Identifier: MIT
// What the server keeps of VMs that are closed, and how long closing takes. Threads open and fill
// VMs, then each closes those of another: rounds of that.
#include "probes.h"

#include "share.h"
#include "stage.h"
#include "summary.h"

#include <algorithm>
#include <barrier>
#include <future>
#include <stdexcept>

namespace cli {

namespace {

class Closing {
  public:
    explicit Closing(const ProbeArguments &arguments)
        : vm_(arguments.vm), megabytes_(arguments.sizes.empty() ? 0 : int64_t(arguments.sizes[0])),
          vms_(arguments.vms) {
        vm_.script = share_file("bench.lua");
        vm_.preload.clear();
    }

    void run(uint64_t rounds) {
        std::vector<std::future<void>> threads;
        for (size_t i = 0; i < shares_.size(); i++)
            threads.push_back(std::async(std::launch::async, [this, i, rounds] {
                try {
                    for (uint64_t round = 0; round < rounds; round++) {
                        open(shares_[i]);
                        meeting_.arrive_and_wait();
                        close(shares_[(i + 1) % shares_.size()]);
                        meeting_.arrive_and_wait();
                    }
                } catch (...) {
                    meeting_.arrive_and_drop();
                    throw;
                }
            }));
        for (auto &thread : threads) thread.get();
    }

    // Of each close so far, sorted.
    std::vector<double> close_us() const {
        std::vector<double> all;
        for (const Share &share : shares_)
            all.insert(all.end(), share.close_us.begin(), share.close_us.end());
        std::sort(all.begin(), all.end());
        return all;
    }

  private:
    struct Share {
        Messages messages{Loudness::Quiet};
        std::vector<Vm> vms;
        std::vector<double> close_us;
    };

    void open(Share &share) {
        const size_t wanted = size_t((vms_ + shares_.size() - 1) / shares_.size());
        const fk_value params[] = {FK_INT(megabytes_)};
        while (share.vms.size() < wanted) {
            Vm &vm = share.vms.emplace_back();
            if (vm.open(vm_, nullptr, share.messages) != FK_OK) throw_last("the VM did not open");
            if (vm.call("hold", FK_ARRAY(params)) != FK_OK) throw_last("hold");
        }
    }

    static void close(Share &share) {
        for (Vm &vm : share.vms) {
            const int64_t begin = monotonic_ns();
            if (vm.close() != FK_OK) throw_last("closing a VM");
            share.close_us.push_back(double(monotonic_ns() - begin) / 1e3);
        }
        share.vms.clear();
    }

    VmArguments vm_;
    int64_t megabytes_;
    uint64_t vms_;
    std::vector<Share> shares_{2};
    std::barrier<> meeting_{2};
};

} // namespace

std::string probe_close(const ProbeArguments &arguments) {
    raise_descriptor_limit();
    Closing closing(arguments);
    closing.run(1); // what the first VMs need is not theirs
    const Footprint before = footprint();
    closing.run(arguments.count);
    const double kept = double(footprint().own.resident) - double(before.own.resident);
    const std::vector<double> samples = closing.close_us();
    return JsonObject()
        .add("kept", kept)
        .add("p50_us", percentile(samples, 0.5))
        .add("p99_us", percentile(samples, 0.99))
        .add("max_us", samples.back())
        .text();
}

} // namespace cli
