// SPDX-License-Identifier: MIT
// What is said on a status socket: a JSON object a line asks, another answers (docs/top.md).
#pragma once

#include "source.h"

#include <map>

namespace fkvm {

class MonitorProtocol {
  public:
    explicit MonitorProtocol(MonitorSource &source) noexcept : source_(source) {}

    // The answer to one line, without its end. Throws std::bad_alloc.
    std::string answer(std::string_view line);

    static std::string refusal(std::string_view sentence);

  private:
    // The system walks all pages of a process for it: at most once a second for each.
    class ProportionalMemory {
      public:
        uint64_t of(const MonitoredVm &vm);
        void forget_others(const MonitorReport &report);

      private:
        struct Seen {
            int64_t pid;
            uint64_t bytes, at;
        };
        std::map<uint64_t, Seen> seen_;
    };

    std::string list(bool with_pss);

    MonitorSource &source_;
    ProportionalMemory memory_;
};

} // namespace fkvm
