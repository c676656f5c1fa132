// SPDX-License-Identifier: MIT
// What a section of the benchmark found: rows of figures, shown as a table or as JSON.
#pragma once

#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

enum class Unit { Count, Bytes, Microseconds, Milliseconds, Ratio, PerSecond };

const double unknown = std::numeric_limits<double>::quiet_NaN();
const double megabyte = 1e6;

struct Column {
    const char *key, *title; // in JSON; in the table
    Unit unit;
};

// The figure in that column should be at most this.
struct Target {
    size_t column;
    double most;
};

struct Row {
    std::string name;
    std::vector<double> values; // one a column, or unknown
    std::optional<Target> target;

    bool met() const { return values[target->column] <= target->most; }
};

struct Section {
    std::string key, title;
    std::vector<Column> columns;
    std::vector<Row> rows;
    std::vector<std::pair<std::string, std::vector<double>>> series; // for pictures; only in JSON
    std::string note;                                                // shown below the table

    void print(FILE *file) const;
    std::string json() const;
};

} // namespace cli
