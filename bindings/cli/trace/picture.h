// SPDX-License-Identifier: MIT
// A trace as a file of the Trace Event Format, which Perfetto and Chrome open.
#pragma once

#include "walk.h"

#include <set>
#include <stdexcept>

namespace cli {

struct PictureFailure : std::runtime_error { // it cannot be written
    using std::runtime_error::runtime_error;
};

class Picture : public TraceListener {
  public:
    explicit Picture(const std::string &path); // throws PictureFailure; -: standard output

    void opened(const Track &track) override;
    void begins(const Track &track, const OpenWork &work, std::string_view params,
                uint64_t line) override;
    void ends(const Track &track, const OpenWork &work, const Glance *answer) override;
    void notified(const Track &track, bool to_vm, const Glance &message, uint64_t line) override;
    void idle(const Track &track, int64_t begin) override;
    void memory(const Track &track, int64_t bytes) override;
    void cost(const Track &, const MethodCost &) override {}

    void finish(); // throws PictureFailure

  private:
    void begin(char phase, const Track &track, int64_t ns); // of an event, which stays open
    void name(std::string_view category, std::string_view name);
    void message(std::string_view params, uint64_t line);
    void metadata(const Track &track, const char *kind, std::string_view value);
    void end(); // of the event
    void write();

    std::string path_, text_;
    File file_;
    std::set<int64_t> servers_; // that have their name
    bool first_ = true;
};

} // namespace cli
