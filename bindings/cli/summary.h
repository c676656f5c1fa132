// SPDX-License-Identifier: MIT
// What a run amounts to, as a table or as JSON.
#pragma once

#include "play.h"

#include <cstdio>

namespace cli {

struct Summary {
    std::string backend;
    std::vector<Game> games;
    uint64_t wanted = 0, rooms = 0;
    int players = 0;
    uint64_t calls = 0, lua_errors = 0, warnings = 0, criticals = 0;
    uint64_t requests = 0, notifications = 0, failed_notifications = 0;
    uint64_t memory = 0, memory_peak = 0, child = 0, server = 0;
    double open_seconds = 0;
    Spent spent;
    bool interrupted = false;

    // Games that were played to their end.
    uint64_t complete() const;
    int exit_code() const;

    void print(FILE *file) const;
    std::string json() const;
};

// The middle one, or the mean of the two; 0 for none.
double median(std::vector<double> numbers);

// That which so large a part of them does not exceed; 1: the largest. There is at least one.
double percentile(const std::vector<double> &sorted, double part);

} // namespace cli
