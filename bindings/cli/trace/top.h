// SPDX-License-Identifier: MIT
// The time in a trace by method and by host method.
#pragma once

#include "durations.h"
#include "walk.h"

#include <map>
#include <string>

namespace cli {

class Top : public TraceListener {
  public:
    static constexpr size_t most_rows = 1000; // what has other names is in the row "other"

    void opened(const Track &) override {}
    void begins(const Track &, const OpenWork &, std::string_view, uint64_t) override {}
    void ends(const Track &track, const OpenWork &work, const Glance *answer) override;
    void notified(const Track &track, bool to_vm, const Glance &message, uint64_t line) override;
    void idle(const Track &track, int64_t begin) override;
    void memory(const Track &, int64_t) override {}
    void cost(const Track &track, const MethodCost &cost) override;

    void print(const TraceWalk &walk) const;
    std::string json(const TraceWalk &walk) const;

  private:
    enum Kind { Call, Notify, HostCall, HostNotify, Idle };
    using Key = std::pair<Kind, std::string>;

    struct Row {
        uint64_t count = 0, errors = 0;
        int64_t own = 0;
        Durations durations;                  // of what has a beginning and an end
        int64_t told_total = 0, told_max = 0; // of notified host methods, as VMs have told
    };
    struct Line { // -1: not known
        Kind kind;
        std::string method;
        uint64_t count, errors;
        int64_t total = -1, own = -1, median = -1, p99 = -1, max = -1;
    };

    Row &row(Kind kind, std::string_view method);
    std::vector<Line> lines() const; // those that took most first
    static std::string line_json(const Line &line);
    static const char *name_of(Kind kind);

    std::map<Key, Row, std::less<>> rows_;
};

} // namespace cli
