// SPDX-License-Identifier: MIT
// Goes through a trace once, from its beginning to its end, and tells what happened when: which
// calls began and ended, and how they nest. What it keeps grows with the VMs, not with messages.
#pragma once

#include "glance.h"
#include "replay/envelope.h"
#include "replay/trace_file.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cli {

// A call that has begun: of the server, or of a host method.
struct OpenWork {
    int64_t id, begin;
    int64_t inner = 0; // of its time, what works inside it took
    bool is_host;
    std::string method;
};

// One VM. Times are nanoseconds since the first line of the trace.
struct Track {
    size_t number; // in the trace, from 1
    int64_t pid, vm;
    int64_t start = 0, last = 0; // of the VM's clock, and of what was told last
    std::string script, backend; // empty: not known
    std::vector<OpenWork> open;
};

// What a method has cost, as a VM tells at its end.
struct MethodCost {
    std::string_view name;
    int64_t calls, total_ns, max_ns;
};

class TraceListener {
  public:
    virtual ~TraceListener() = default;
    virtual void opened(const Track &track) = 0;
    // params and answers as JSON; answer: NULL if the trace has none
    virtual void begins(const Track &track, const OpenWork &work, std::string_view params,
                        uint64_t line) = 0;
    virtual void ends(const Track &track, const OpenWork &work, const Glance *answer) = 0;
    virtual void notified(const Track &track, bool to_vm, const Glance &message, uint64_t line) = 0;
    virtual void idle(const Track &track, int64_t begin) = 0; // ... to track.last
    virtual void memory(const Track &track, int64_t bytes) = 0;
    virtual void cost(const Track &track, const MethodCost &cost) = 0;
};

class TraceWalk {
  public:
    // only: the number of the one VM to tell of; 0: all.
    TraceWalk(std::vector<TraceListener *> listeners, size_t only);

    // Throws std::runtime_error. progress is asked for after each line.
    void read(const std::string &path,
              const std::function<void(const TraceWalk &, long)> &progress);

    uint64_t messages() const { return messages_; }
    size_t vms() const { return vms_; }
    int64_t duration() const { return latest_; }
    uint64_t strange_lines() const { return strange_lines_; }
    uint64_t first_strange() const { return first_strange_; }
    uint64_t unanswered() const { return unanswered_; } // calls in which the record ends
    bool cut() const { return cut_; }

  private:
    bool take(const Envelope &envelope, uint64_t line);
    Track &track_of(const Envelope &envelope, bool opens);
    void place(Track &track, const Envelope &envelope, const fk_value *opening);
    bool message(Track &track, const Envelope &envelope, const Glance &glance, uint64_t line);
    void begin(Track &track, const Envelope &envelope, const Glance &glance, uint64_t line);
    bool end(Track &track, const Glance &glance, bool is_host);
    void end_innermost(Track &track, const Glance *answer);
    bool state(const Track &track, std::string_view text, int64_t before);
    bool tells(const Track &track) const { return !only_ || track.number == only_; }
    template <class Function>
    void tell(const Track &track, Function function) {
        if (!tells(track)) return;
        for (TraceListener *listener : listeners_) function(*listener);
    }

    std::vector<TraceListener *> listeners_;
    size_t only_, vms_ = 0;
    Glancer glancer_;
    std::map<std::pair<int64_t, int64_t>, Track> tracks_; // the latest VM of process and number
    int64_t first_clock_ = 0, first_time_ = 0, latest_ = 0;
    uint64_t messages_ = 0, strange_lines_ = 0, first_strange_ = 0, unanswered_ = 0;
    bool cut_ = false;
};

} // namespace cli
